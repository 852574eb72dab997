-- What the loader asks of every row; in schema landing, where the loader may use them.

-- Whether a text can be read as a value of a type: by trying, which every version of Postgres can.
create function landing.is_readable_by_trying(value text, type_name text) returns boolean
language plpgsql stable
as $$
begin
    execute format('select %L::%s', value, type_name);
    return true;
exception
    when others then return false;
end
$$;

-- The same without a subtransaction per value, from Postgres 16 on.
do $$
begin
    if current_setting('server_version_num')::integer >= 160000 then
        create function landing.is_readable(value text, type_name text) returns boolean
        language sql stable
        return pg_input_is_valid(value, type_name);
    else
        create function landing.is_readable(value text, type_name text) returns boolean
        language sql stable
        return landing.is_readable_by_trying(value, type_name);
    end if;
end
$$;

-- A date moved by months. A fraction is that share of the days of the month it falls in, rounded towards the
-- start, so that add_months(d, x) < add_months(d, n) exactly when x < n, for x >= 0 and whole n.
create function landing.add_months(start date, months numeric) returns date
language sql immutable
as $$
    select (near + trunc(abs(months - trunc(months)) * (far - near))::integer)::date
    from (
        select
            (start + make_interval(months => trunc(months)::integer))::date as near,
            (start + make_interval(months => (trunc(months) + sign(months))::integer))::date as far
    ) as ends
$$;
