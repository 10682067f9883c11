package dev.fleetwright.core.log;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// Keeps logs. A log is one growing run of bytes; an offset into it stays valid for ever, so
/// readers resume where they were, also after a restart of the server. Secrets are masked before
/// they come here.
public interface LogStore {

  /// Append to a log; make it when it is not there. Bytes survive the death of the process as soon
  /// as this returns; that they survive a loss of power is not promised.
  void append(LogName name, byte[] bytes, int from, int length);

  /// Bytes from an offset on, at most `most`; empty at the end and when there is no such log.
  byte[] read(LogName name, long offset, int most);

  /// How long it is, 0 when there is none.
  long size(LogName name);

  /// When the bytes between two offsets were appended: the latest moment at or before `from`, and
  /// those up to `to`, in order. Moments are kept for about each tenth of a second, so a line is
  /// dated that precisely; empty where none were kept.
  List<Moment> moments(LogName name, long from, long to);

  /// From an offset on, bytes were appended then or later.
  record Moment(long offset, Instant at) {}

  /// Wait until a log is longer than this, or the time is over. Wakes for appends by this server.
  void await(LogName name, long longerThan, Duration most) throws InterruptedException;
}
