-- Where a description says nothing of degree and experience, the requisition's form may (docs/adr/0025).
grant select (min_years_experience, required_degree) on landing.requisitions to facetrank_trainer;
