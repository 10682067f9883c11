/// Who may call.
@NullMarked
package dev.fleetwright.core.access;

import org.jspecify.annotations.NullMarked;
