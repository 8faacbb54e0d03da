-- What a model of a time series is asked for: the column of time, window, horizon and season; null is what suits.
alter table model add column series jsonb;
