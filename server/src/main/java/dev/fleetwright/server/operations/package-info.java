/// What people and rules can do: every change goes through here, whichever API or page asks for it.
@NullMarked
package dev.fleetwright.server.operations;

import org.jspecify.annotations.NullMarked;
