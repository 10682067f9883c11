-- Programs on other machines that run jobs. Of tokens there is the SHA-256 only.
CREATE TABLE runner (
  id              ${identity},
  description     TEXT    NOT NULL,
  token           TEXT    NOT NULL UNIQUE,
  project         TEXT    REFERENCES project (name),
  tags            TEXT    NOT NULL,
  run_untagged    INTEGER NOT NULL,
  protected_only  INTEGER NOT NULL,
  paused          INTEGER NOT NULL,
  longest_seconds BIGINT,
  made_by         TEXT    NOT NULL,
  made_at         TEXT    NOT NULL
);

-- The machines that use a runner's registration.
CREATE TABLE runner_machine (
  runner       BIGINT NOT NULL,
  system_id    TEXT   NOT NULL,
  version      TEXT   NOT NULL,
  platform     TEXT   NOT NULL,
  architecture TEXT   NOT NULL,
  executor     TEXT   NOT NULL,
  address      TEXT   NOT NULL,
  contacted_at TEXT   NOT NULL,
  PRIMARY KEY (runner, system_id)
);
CREATE INDEX runner_machine_by_contact ON runner_machine (contacted_at);

-- Jobs that wait for runners, are with them, or were. A runner that is taken away stays named here.
--   received  how many bytes of what the job prints are in the log, as the runner counts them
--   logged    how long the log was then
CREATE TABLE hand_out (
  id              ${identity},
  job             BIGINT  NOT NULL REFERENCES job (id),
  pipeline        BIGINT  NOT NULL REFERENCES pipeline (id),
  project         TEXT    NOT NULL REFERENCES project (name),
  tags            TEXT    NOT NULL,
  protected_ref   INTEGER NOT NULL,
  state           TEXT    NOT NULL,
  offered_at      TEXT    NOT NULL,
  runner          BIGINT,
  system_id       TEXT,
  token           TEXT    UNIQUE,
  taken_at        TEXT,
  contacted_at    TEXT,
  timeout_seconds BIGINT,
  received        BIGINT  NOT NULL,
  checksum        BIGINT  NOT NULL,
  logged          BIGINT  NOT NULL,
  files           ${bytes} NOT NULL,
  dotenv          TEXT    NOT NULL,
  problems        TEXT    NOT NULL,
  ending          TEXT,
  exit_code       INTEGER,
  failure_reason  TEXT,
  message         TEXT,
  ended_at        TEXT
);
CREATE INDEX hand_out_of_job ON hand_out (job, id);
CREATE INDEX hand_out_offered ON hand_out (id) WHERE state = 'offered';
CREATE INDEX hand_out_taken ON hand_out (project) WHERE state = 'taken';
