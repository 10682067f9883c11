/// Git repositories under care, and the names within them.
@NullMarked
package dev.fleetwright.core.project;

import org.jspecify.annotations.NullMarked;
