/// The command line, one file for each command. Talks to a server over HTTP; only `lint` and `init`
/// work on files alone, and `server`, `demo` and `up` start a server in this process.
@NullMarked
package dev.fleetwright.cli;

import org.jspecify.annotations.NullMarked;
