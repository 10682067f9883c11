package dev.fleetwright.core.secret;

import dev.fleetwright.core.access.Actor;
import java.time.Instant;
import java.util.Optional;
import java.util.SortedMap;

/// Secret values that were encrypted before they came here. The key is kept elsewhere: what this
/// holds, and every backup of it, is of no use without.
public interface SealedValues {

  /// Keep values, all or none; each takes the place of an earlier one of its name. Who did it is in
  /// the ledger of the scope.
  ///
  /// @param scope whose they are: a project's name, such as `shop`
  /// @param sealed by name, such as `webhook`
  void put(String scope, SortedMap<String, byte[]> sealed, Actor by, Instant at);

  /// One value.
  Optional<byte[]> find(String scope, String name);

  /// The name of any value, to check a key against; empty when nothing is kept.
  Optional<Name> any();

  /// What a value is sealed to.
  record Name(String scope, String name) {}
}
