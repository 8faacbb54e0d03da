-- When the result of a batch prediction is removed; null until there is one. Results of before have their time from now.
alter table batch_prediction add column expires_at timestamptz;
update batch_prediction set expires_at = now() + interval '30 days' where status = 'SUCCEEDED';
create index batch_prediction_due on batch_prediction (expires_at) where pieces > 0;
