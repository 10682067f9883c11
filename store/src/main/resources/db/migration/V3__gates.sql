-- What a deploy may be limited to, and when it may begin.
ALTER TABLE deploy ADD COLUMN components TEXT NOT NULL DEFAULT '';
ALTER TABLE deploy ADD COLUMN not_before TEXT;

-- Promotion and the queue ask for the last success, of any release or of one.
CREATE INDEX deploy_succeeded ON deploy (environment, id) WHERE state = 'succeeded';
CREATE INDEX deploy_succeeded_release ON deploy (environment, release, id) WHERE state = 'succeeded';

-- The last revision that is known to work, to which undoing goes. Until now it was what runs.
ALTER TABLE live ADD COLUMN good TEXT NOT NULL DEFAULT '';
UPDATE live SET good = revision;
