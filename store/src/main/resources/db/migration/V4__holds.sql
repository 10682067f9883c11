-- What made a deploy come to be. Of those before, what is known is that somebody wanted them.
ALTER TABLE deploy ADD COLUMN origin TEXT NOT NULL DEFAULT 'hand';

-- An environment that takes nothing by itself. last_deploy is the newest deploy of the environment
-- when the hold was lifted: what was tried before that may be taken once more.
CREATE TABLE hold (
  id          ${identity},
  environment BIGINT NOT NULL REFERENCES environment (id),
  deploy      BIGINT REFERENCES deploy (id),
  held_by     TEXT   NOT NULL,
  reason      TEXT   NOT NULL,
  held_at     TEXT   NOT NULL,
  lifted_by   TEXT,
  lifted_at   TEXT,
  last_deploy BIGINT
);
CREATE UNIQUE INDEX hold_in_force ON hold (environment) WHERE lifted_at IS NULL;
CREATE INDEX hold_lifted ON hold (environment, id) WHERE lifted_at IS NOT NULL;

-- Was this release here before; and the newest release of a branch.
CREATE INDEX deploy_of_release ON deploy (environment, release, id);
CREATE INDEX release_by_ref ON release (project, ref, number);
