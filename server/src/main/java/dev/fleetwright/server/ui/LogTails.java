package dev.fleetwright.server.ui;

import dev.fleetwright.core.log.LogName;
import dev.fleetwright.server.http.Call;
import java.util.concurrent.Semaphore;

/// Answers what a log says from a place on, and waits a little when there is nothing new. So many
/// at once and no more: each waits on a connection of its own.
final class LogTails {

  private static final int MOST_WAITING = 2000;

  private final LogParts logs;
  private final Semaphore waiting = new Semaphore(MOST_WAITING);

  LogTails(LogParts logs) {
    this.logs = logs;
  }

  /// @param page where the page is that shows the log
  void answer(Call call, LogName name, String page, boolean grows) throws InterruptedException {
    var from = call.queryNumber("from").orElse(0);
    if (!waiting.tryAcquire()) {
      // 503 and not an empty part: the page then waits longer and longer before it asks again.
      call.html(503, "");
      return;
    }
    try {
      var part = logs.next(name, page, from, call.query("style").orElse(LogText.START), grows);
      call.html(200, Html.part(Html.logLines(part)));
    } finally {
      waiting.release();
    }
  }
}
