/// The domain, the engine and the ports. Knows no JSON, SQL, HTTP or vendor library.
@NullMarked
package dev.fleetwright.core;

import org.jspecify.annotations.NullMarked;
