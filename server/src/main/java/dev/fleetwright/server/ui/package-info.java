/// The pages: what a browser gets. Presenters turn what the ports tell into view records, and
/// templates without logic turn those into HTML. Changes go through the operations only.
@NullMarked
package dev.fleetwright.server.ui;

import org.jspecify.annotations.NullMarked;
