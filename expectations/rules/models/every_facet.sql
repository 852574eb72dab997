-- must have a row for each of the four facets
select facets.facet
from unnest(array['t', 'q', 'o', 'v']) as facets (facet)
where not exists (select from batch where batch.facet = facets.facet)
