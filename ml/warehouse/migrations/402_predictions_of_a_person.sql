-- Who is erased is erased from what versions said of labelled people too.

grant select, delete on scores.validation_predictions to facetrank_eraser;
