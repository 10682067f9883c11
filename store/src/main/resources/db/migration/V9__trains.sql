-- Several deploys that were asked for as one. How far a train is, is told by its members; kept are what was asked for and
-- two decisions: that it goes back, and that it is over.
CREATE TABLE train (
  id              ${identity},
  on_failure      TEXT NOT NULL,
  hash            TEXT NOT NULL,
  asked_by        TEXT NOT NULL,
  reason          TEXT NOT NULL,
  idempotency_key TEXT UNIQUE,
  asked_at        TEXT NOT NULL,
  back_by         TEXT,
  back_reason     TEXT,
  back_at         TEXT,
  ended           TEXT,
  ended_at        TEXT
);
CREATE INDEX train_unfinished ON train (id) WHERE ended IS NULL;

-- Places count from 0; waits_for are places, separated by commas.
CREATE TABLE train_member (
  train     BIGINT  NOT NULL REFERENCES train (id),
  place     INTEGER NOT NULL,
  deploy    BIGINT  NOT NULL UNIQUE REFERENCES deploy (id),
  waits_for TEXT    NOT NULL,
  PRIMARY KEY (train, place)
);
