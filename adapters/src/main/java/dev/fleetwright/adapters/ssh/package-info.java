/// Releases on hosts over SSH. [dev.fleetwright.adapters.ssh.SshTarget] is the way in; what happens
/// on a host is in the resource `agent.sh`.
@NullMarked
package dev.fleetwright.adapters.ssh;

import org.jspecify.annotations.NullMarked;
