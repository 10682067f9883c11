-- What says that an environment is not well; one row for each time that it fired.
CREATE TABLE alarm (
  id          ${identity},
  environment BIGINT NOT NULL REFERENCES environment (id),
  name        TEXT   NOT NULL,
  reason      TEXT   NOT NULL,
  raised_by   TEXT   NOT NULL,
  raised_at   TEXT   NOT NULL,
  cleared_by  TEXT,
  cleared_at  TEXT
);
CREATE UNIQUE INDEX alarm_firing ON alarm (environment, name) WHERE cleared_at IS NULL;
