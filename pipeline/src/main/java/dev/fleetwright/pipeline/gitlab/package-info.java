/// GitLab's pipeline language: from the text of `.gitlab-ci.yml` to the jobs of one pipeline.
@NullMarked
package dev.fleetwright.pipeline.gitlab;

import org.jspecify.annotations.NullMarked;
