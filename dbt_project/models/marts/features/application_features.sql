{{
    config(
        indexes=[{"columns": ["as_of_date", "application_id"], "unique": true}],
        meta={"attribute_features": var("attribute_features")},
    )
}}

with applications as (
    select * from {{ ref("submitted_applications") }}
),

requisition_versions as (
    select * from {{ ref("requisition_versions") }}
),

candidate_history as (
    select * from {{ ref("candidate_history") }}
),

yield_history as (
    select * from {{ ref("yield_history") }}
),

-- A match is fixed by what was submitted; the date decides only whether all of that is known.
matches as (
    select * from {{ ref("stg_matching__submitted_matches") }}
    where known_at < {{ as_of() }}
),

-- Few different wordings make up many applications.
degrees as (
    select
        highest_degree,
        {{ level("highest_degree", degree_levels()) }} as degree_level
    from (select distinct highest_degree from applications) as wordings
),

titles as (
    select
        last_title,
        {{ level("last_title", seniority_levels()) }} as seniority_level
    from (select distinct last_title from applications) as wordings
),

joined as (
    select
        applications.*,
        requisitions.title as requisition_title,
        requisitions.job_family,
        requisitions.seniority,
        requisitions.department,
        requisitions.tentative_title,
        requisitions.required_degree,
        requisitions.openings,
        requisitions.tentative_salary_level,
        applications.years_experience - requisitions.min_years_experience as years_above_minimum,
        degrees.degree_level - requisitions.required_degree_level as degree_steps_above,
        requisitions.seniority_level - titles.seniority_level as seniority_steps_up,
        {{ days_between("requisitions.opened_at", "applications.applied_at") }} as days_since_opened,
        lower(applications.location) = lower(requisitions.location) as is_local,
        case
            when (applications.currency is not distinct from requisitions.currency)
                then applications.expected_salary_per_year / nullif(requisitions.tentative_salary_per_year, 0)
        end as expected_salary_ratio
    from applications
    left join requisition_versions as requisitions
        on
            applications.requisition_id = requisitions.requisition_id
            and applications.applied_at > requisitions.valid_from
            and applications.applied_at <= requisitions.valid_to
    left join degrees on applications.highest_degree = degrees.highest_degree
    left join titles on applications.last_title = titles.last_title
)

select
    joined.as_of_date,
    joined.application_id,
    joined.candidate_id,
    joined.requisition_id,
    joined.applied_at,
    joined.source,
    joined.source_detail,
    joined.years_experience,
    joined.highest_degree,
    joined.field_of_study,
    joined.last_employer,
    joined.last_title,
    joined.employers_count::double precision as employers_count,
    joined.mean_tenure_months,
    joined.notice_period_days::double precision as notice_period_days,
    joined.is_willing_to_relocate,
    joined.is_local,
    joined.resume_id is not null as has_resume,
    matches.technical_match,
    matches.matched_words_share,
    matches.missing_words,
    matches.weightiest_words_share,
    matches.title_words_share,
    matches.resume_words,
    matches.resume_focus,
    joined.job_family,
    joined.seniority,
    joined.department,
    joined.requisition_title,
    joined.tentative_title,
    joined.required_degree,
    joined.years_above_minimum,
    joined.openings::double precision as openings,
    joined.days_since_opened,
    joined.days_since_opened + joined.notice_period_days as days_open_after_notice,
    joined.degree_steps_above::double precision as degree_steps_above,
    joined.seniority_steps_up::double precision as seniority_steps_up,
    joined.tentative_salary_level,
    joined.expected_salary_ratio,
    coalesce(candidate_history.previous_applications, 0)::double precision as previous_applications,
    coalesce(candidate_history.previous_screen_passes, 0)::double precision as previous_screen_passes,
    coalesce(candidate_history.previous_screen_failures, 0)::double precision as previous_screen_failures,
    coalesce(candidate_history.previous_offers, 0)::double precision as previous_offers,
    coalesce(candidate_history.previous_onboardings, 0)::double precision as previous_onboardings,
    coalesce(candidate_history.previous_withdrawals, 0)::double precision as previous_withdrawals,
    candidate_history.days_since_previous_application,
    {% for attribute in var("attribute_features") %}
        {{ attribute_feature(attribute) }},
    {% endfor %}
    yield_history.source_screen_yield,
    yield_history.source_detail_screen_yield,
    yield_history.last_employer_screen_yield
from joined
left join matches on joined.application_id = matches.application_id
left join candidate_history on joined.application_id = candidate_history.application_id
left join yield_history on joined.application_id = yield_history.application_id
