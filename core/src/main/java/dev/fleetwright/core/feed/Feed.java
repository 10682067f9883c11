package dev.fleetwright.core.feed;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;

/// What moved, in the order in which it was committed. An entry says that something changed and
/// where to look; it is a hint, the tables are the truth.
///
/// Only the newest 100 000 entries are kept. Where older ones were dropped stands one entry of
/// topic [#RESET]: who reads it has missed what was there, and reads the tables anew. After a
/// restore from a backup the feed may begin anew; so a reader whose id is above [#newest] reads the
/// tables anew too.
public interface Feed {

  /// The topic of the entry that stands for all that were dropped.
  String RESET = "reset";

  /// One thing that moved.
  ///
  /// @param id grows; no entry with a lower id appears after this one was read
  /// @param topic `project`, `pipeline`, `job`, `release`, `status`, `environment` or `deploy`; or
  ///   [#RESET]
  /// @param keys such as `project=shop`, `environment=staging`, `deploy=12`, `state=running`
  record Entry(long id, Instant at, String topic, SortedMap<String, String> keys) {}

  /// Entries after an id, oldest first, at most `most`.
  List<Entry> after(long id, int most);

  /// The id of the newest entry, 0 when there is none.
  long newest();

  /// Names what is committed now. Two equal marks mean that nothing was committed between them that
  /// has an entry here, by whichever server; so what was read after the first is still so at the
  /// second. Cheap: it looks at the newest entries only.
  Mark mark();

  /// What is committed. Means nothing but itself.
  ///
  /// @param settled the newest entry below which none can appear any more
  /// @param newer how many there are above
  /// @param newest of these
  record Mark(long settled, long newer, long newest) {}

  /// Wait until there may be an entry after this id, or the time is over. Wakes early for changes
  /// made by this server; those of others are found by asking again.
  void await(long id, Duration most) throws InterruptedException;
}
