-- must list the blind slice without rank, level or score, and call nobody else blind
select batch.application_id || ' under ' || batch.condition
from batch
inner join scores.batches on batch.batch_id = batches.batch_id
where case
    when scores.is_in_blind_slice(batch.application_id, batches.blind_share)
        then batch.status = 'ranked' or num_nonnulls(
            batch.rank, batch.level, batch.weighted_score, batch.weighted_probability, batch.joint_score, batch.t,
            batch.q, batch.o, batch.v
        ) > 0
    else batch.status = 'blind'
end
