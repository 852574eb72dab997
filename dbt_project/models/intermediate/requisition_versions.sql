with requisitions as (
    select * from {{ ref("stg_landing__requisitions") }}
),

known as (
    select
        *,
        coalesce((salary_min_per_year + salary_max_per_year) / 2, salary_min_per_year, salary_max_per_year)
            as tentative_salary_per_year
    from requisitions
    where recorded_at < {{ as_of() }}
),

-- What a salary of this currency usually was before this version: the scale that makes currencies comparable.
levels as (
    select
        *,
        coalesce(
            avg(tentative_salary_per_year) over (
                partition by currency order by recorded_at
                range between unbounded preceding and interval '1 microsecond' preceding
            ),
            -- The first salaries of a currency have none before them, and are measured by the very first.
            first_value(tentative_salary_per_year) over (
                partition by currency
                order by tentative_salary_per_year is null, recorded_at, requisition_id
            )
        ) as currency_level
    from known
)

select
    {{ as_of_date() }} as as_of_date,
    requisition_id,
    title,
    job_family,
    seniority,
    department,
    location,
    min_years_experience,
    required_degree,
    -- Of "bachelor or master" the lower one is required.
    {{ level("required_degree", degree_levels(), lowest=true) }} as required_degree_level,
    coalesce(
        {{ level("seniority", seniority_levels()) }},
        {{ level("title", seniority_levels()) }}
    ) as seniority_level,
    tentative_title,
    currency,
    tentative_salary_per_year,
    tentative_salary_per_year / nullif(currency_level, 0) as tentative_salary_level,
    openings,
    opened_at,
    closed_at,
    recorded_at,
    -- A requisition is there before its applications even where its record is late: the first version reaches back.
    case
        when lag(recorded_at) over history is null then timestamptz '-infinity'
        else recorded_at
    end as valid_from,
    coalesce(lead(recorded_at) over history, timestamptz 'infinity') as valid_to,
    lead(recorded_at) over history is null as is_newest
from levels
window history as (partition by requisition_id order by recorded_at)
