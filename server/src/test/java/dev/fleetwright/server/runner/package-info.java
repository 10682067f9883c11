/// A strict double of GitLab's runner.
@NullMarked
package dev.fleetwright.server.runner;

import org.jspecify.annotations.NullMarked;
