package dev.fleetwright.core.environment;

import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/// Who has to agree before a plan is carried out.
///
/// @param required how many different people; 0 for none
/// @param by whose word counts; empty for everyone who may approve at all
/// @param ofDeployer whether the one who asked for the deploy counts; no, unless the file says so
public record Approvals(int required, SortedSet<String> by, boolean ofDeployer) {

  /// Nobody has to.
  public static final Approvals NONE = required(0);

  public Approvals {
    if (required < 0) {
      throw new IllegalArgumentException("approvals are counted from 0, not " + required);
    }
    by = Collections.unmodifiableSortedSet(new TreeSet<>(by));
  }

  /// So many people, whoever they are.
  public static Approvals required(int count) {
    return new Approvals(count, new TreeSet<>(), false);
  }
}
