-- One text for SQLite and PostgreSQL; what they call differently is a placeholder of Migrations.
-- Times are texts such as 2026-11-21T09:30:00.000000Z: they sort as they follow each other, and a
-- person who looks with a plain client can read them. Yes and no are 1 and 0.

CREATE TABLE project (
  name           TEXT PRIMARY KEY,
  repository     TEXT NOT NULL,
  default_branch TEXT NOT NULL,
  created_at     TEXT NOT NULL
);

-- Numbers that count per project: deploys, releases, pipelines. A number that was taken in a
-- transaction that came to nothing is free again, so there are no gaps.
CREATE TABLE counter (
  project TEXT   NOT NULL REFERENCES project (name),
  kind    TEXT   NOT NULL,
  value   BIGINT NOT NULL,
  PRIMARY KEY (project, kind)
);

CREATE TABLE reference_seen (
  project TEXT NOT NULL REFERENCES project (name),
  name    TEXT NOT NULL,
  sha     TEXT NOT NULL,
  PRIMARY KEY (project, name)
);

CREATE TABLE delivery (
  project     TEXT NOT NULL REFERENCES project (name),
  delivery    TEXT NOT NULL,
  received_at TEXT NOT NULL,
  PRIMARY KEY (project, delivery)
);
CREATE INDEX delivery_by_age ON delivery (received_at);

CREATE TABLE environment (
  id           ${identity},
  project      TEXT NOT NULL REFERENCES project (name),
  name         TEXT NOT NULL,
  slug         TEXT NOT NULL,
  tier         TEXT NOT NULL,
  state        TEXT NOT NULL,
  url          TEXT,
  policy       TEXT NOT NULL,
  targets      ${bytes} NOT NULL,
  auto_stop_at TEXT,
  created_at   TEXT NOT NULL,
  UNIQUE (project, name),
  -- A slug is where on a target an environment is: two of one slug would overwrite each other.
  UNIQUE (project, slug)
);
CREATE INDEX environment_to_stop ON environment (auto_stop_at) WHERE auto_stop_at IS NOT NULL;

-- Who may take engine steps for an environment or a pipeline. Microseconds of the database's clock.
--   generation  grows with each claim; every engine write names it
--   held_until  0 while nobody holds it
--   due_at      since when it may be handed out; NULL while held and nothing came in since
CREATE TABLE lease (
  kind       TEXT    NOT NULL,
  id         BIGINT  NOT NULL,
  generation BIGINT  NOT NULL,
  owner      TEXT    NOT NULL,
  held_until BIGINT  NOT NULL,
  has_work   INTEGER NOT NULL,
  due_at     BIGINT,
  PRIMARY KEY (kind, id)
);
-- A claim looks at the first entry of each, however many wait.
CREATE INDEX lease_free ON lease (kind, due_at, id) WHERE has_work = 1 AND held_until = 0;
CREATE INDEX lease_held ON lease (kind, held_until) WHERE held_until > 0;

CREATE TABLE pipeline (
  id          ${identity},
  project     TEXT    NOT NULL REFERENCES project (name),
  number      BIGINT  NOT NULL,
  sha         TEXT    NOT NULL,
  ref         TEXT    NOT NULL,
  tag         INTEGER NOT NULL,
  source      TEXT    NOT NULL,
  title       TEXT    NOT NULL,
  author      TEXT    NOT NULL,
  stages      TEXT    NOT NULL,
  problems    TEXT    NOT NULL,
  variables   TEXT    NOT NULL,
  status      TEXT    NOT NULL,
  changes     BIGINT  NOT NULL,
  started_by  TEXT    NOT NULL,
  created_at  TEXT    NOT NULL,
  started_at  TEXT,
  finished_at TEXT,
  UNIQUE (project, number)
);

-- A retried job is a new row with the next attempt; the newest attempt counts.
CREATE TABLE job (
  id             ${identity},
  pipeline       BIGINT  NOT NULL REFERENCES pipeline (id),
  place          INTEGER NOT NULL,
  attempt        INTEGER NOT NULL,
  newest         INTEGER NOT NULL,
  name           TEXT    NOT NULL,
  spec           TEXT    NOT NULL,
  status         TEXT    NOT NULL,
  exit_code      INTEGER NOT NULL,
  failure_reason TEXT    NOT NULL,
  message        TEXT    NOT NULL,
  artifacts      ${bytes} NOT NULL,
  dotenv         TEXT    NOT NULL,
  deploy         BIGINT,
  scheduled_at   TEXT,
  started_at     TEXT,
  finished_at    TEXT,
  UNIQUE (pipeline, place, attempt)
);
CREATE INDEX job_newest ON job (pipeline, place) WHERE newest = 1;

CREATE TABLE release (
  id         ${identity},
  project    TEXT   NOT NULL REFERENCES project (name),
  number     BIGINT NOT NULL,
  sha        TEXT   NOT NULL,
  ref        TEXT   NOT NULL,
  title      TEXT   NOT NULL,
  author     TEXT   NOT NULL,
  pipeline   BIGINT NOT NULL UNIQUE REFERENCES pipeline (id),
  components ${bytes} NOT NULL,
  created_at TEXT   NOT NULL,
  UNIQUE (project, number)
);
CREATE INDEX release_by_commit ON release (project, sha, id);

-- Canonical bytes by their SHA-256; never changed.
CREATE TABLE plan (
  hash  TEXT PRIMARY KEY,
  bytes ${bytes} NOT NULL
);

-- What was asked for, and, from sequence on, what its events add up to: those columns are written
-- with each event, so that lists need not read histories. The digest covers what is acted on.
CREATE TABLE deploy (
  id              ${identity},
  project         TEXT    NOT NULL REFERENCES project (name),
  number          BIGINT  NOT NULL,
  environment     BIGINT  NOT NULL REFERENCES environment (id),
  kind            TEXT    NOT NULL,
  release         BIGINT  REFERENCES release (id),
  rollback_of     BIGINT  REFERENCES deploy (id),
  script          ${bytes},
  job             BIGINT  REFERENCES job (id),
  exact           INTEGER NOT NULL,
  asked_by        TEXT    NOT NULL,
  reason          TEXT    NOT NULL,
  idempotency_key TEXT,
  created_at      TEXT    NOT NULL,
  sequence        BIGINT  NOT NULL,
  state           TEXT    NOT NULL,
  snapshot        TEXT    NOT NULL,
  plan            TEXT    REFERENCES plan (hash),
  needs_engine    INTEGER NOT NULL,
  holds           INTEGER NOT NULL,
  started_at      TEXT,
  finished_at     TEXT,
  updated_at      TEXT    NOT NULL,
  digest          TEXT    NOT NULL,
  UNIQUE (project, number),
  UNIQUE (environment, idempotency_key)
);
CREATE INDEX deploy_of_environment ON deploy (environment, id);
CREATE INDEX deploy_unfinished ON deploy (environment, id) WHERE finished_at IS NULL;
CREATE INDEX deploy_for_engine ON deploy (environment) WHERE needs_engine = 1;
-- At most one deploy of an environment changes it at a time; this says so to whoever would not.
CREATE UNIQUE INDEX deploy_holding ON deploy (environment) WHERE holds = 1;

-- The truth about deploys. Rows are added, never changed or deleted. The digest covers the row.
CREATE TABLE deploy_event (
  deploy      BIGINT NOT NULL REFERENCES deploy (id),
  sequence    BIGINT NOT NULL,
  happened_at TEXT   NOT NULL,
  actor       TEXT   NOT NULL,
  body        TEXT   NOT NULL,
  digest      TEXT   NOT NULL,
  PRIMARY KEY (deploy, sequence)
);

-- What runs where by the record.
CREATE TABLE live (
  environment BIGINT  NOT NULL REFERENCES environment (id),
  target      TEXT    NOT NULL,
  revision    TEXT    NOT NULL,
  release     BIGINT  REFERENCES release (id),
  deploy      BIGINT  NOT NULL REFERENCES deploy (id),
  since       TEXT    NOT NULL,
  mixed       INTEGER NOT NULL,
  PRIMARY KEY (environment, target)
);

-- A chain per stream; its head is the row that writers of one stream queue at.
CREATE TABLE ledger_head (
  stream   TEXT PRIMARY KEY,
  sequence BIGINT NOT NULL,
  hash     TEXT   NOT NULL
);

CREATE TABLE ledger_record (
  stream      TEXT   NOT NULL,
  sequence    BIGINT NOT NULL,
  happened_at TEXT   NOT NULL,
  actor       TEXT   NOT NULL,
  kind        TEXT   NOT NULL,
  facts       TEXT   NOT NULL,
  previous    TEXT   NOT NULL,
  hash        TEXT   NOT NULL,
  PRIMARY KEY (stream, sequence)
);

-- What moved, in the order of commits; only the newest entries are kept.
CREATE TABLE feed (
  id          ${identity},
  happened_at TEXT NOT NULL,
  topic       TEXT NOT NULL,
  keys        TEXT NOT NULL
);

CREATE TABLE token (
  id           ${identity},
  name         TEXT NOT NULL,
  hash         TEXT NOT NULL UNIQUE,
  created_by   TEXT NOT NULL,
  created_at   TEXT NOT NULL,
  last_used_at TEXT
);
