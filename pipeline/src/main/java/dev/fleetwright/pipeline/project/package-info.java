/// `fleetwright.yml`: what GitLab's language cannot say.
@NullMarked
package dev.fleetwright.pipeline.project;

import org.jspecify.annotations.NullMarked;
