/// What a deploy will do, decided before anything is done.
@NullMarked
package dev.fleetwright.core.plan;

import org.jspecify.annotations.NullMarked;
