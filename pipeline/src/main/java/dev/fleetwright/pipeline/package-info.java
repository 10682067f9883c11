/// What a repository says about how it is built and deployed: `Lint` looks at all of it, `gitlab`
/// reads `.gitlab-ci.yml`, `project` reads `fleetwright.yml`.
@NullMarked
package dev.fleetwright.pipeline;

import org.jspecify.annotations.NullMarked;
