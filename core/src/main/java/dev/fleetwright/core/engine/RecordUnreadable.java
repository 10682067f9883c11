package dev.fleetwright.core.engine;

/// Something stored cannot be believed: it was damaged, or a newer release wrote it. It is left as
/// it is, nothing is done on the strength of it, and asking again gives the same answer: a person
/// has to look. Other records are not touched by it.
public final class RecordUnreadable extends RuntimeException {
  /// @param what which record, and what is wrong with it
  public RecordUnreadable(String what) {
    super(what);
  }

  /// @param what which record, and what is wrong with it
  public RecordUnreadable(String what, Throwable cause) {
    super(what, cause);
  }
}
