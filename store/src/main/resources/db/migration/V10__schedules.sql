-- Pipelines that start by the clock. Whoever starts one moves next_at on in the same transaction.
CREATE TABLE schedule (
  id          ${identity},
  project     TEXT    NOT NULL REFERENCES project (name),
  description TEXT    NOT NULL,
  ref         TEXT    NOT NULL,
  cron        TEXT    NOT NULL,
  zone        TEXT    NOT NULL,
  variables   TEXT    NOT NULL,
  active      INTEGER NOT NULL,
  next_at     TEXT    NOT NULL,
  pipeline    BIGINT  REFERENCES pipeline (id),
  problem     TEXT    NOT NULL,
  made_by     TEXT    NOT NULL,
  made_at     TEXT    NOT NULL
);
CREATE INDEX schedule_due ON schedule (next_at) WHERE active = 1;
CREATE INDEX schedule_of_project ON schedule (project, id);
