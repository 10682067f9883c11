/// Content, named by its SHA-256 digest.
@NullMarked
package dev.fleetwright.core.artifact;

import org.jspecify.annotations.NullMarked;
