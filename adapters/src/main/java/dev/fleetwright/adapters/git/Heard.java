package dev.fleetwright.adapters.git;

import dev.fleetwright.adapters.http.RetryAfter;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.HttpRetryException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.eclipse.jgit.errors.PackProtocolException;
import org.jspecify.annotations.Nullable;

/// What a host said in one fetch, as far as it tells whether the host is well.
final class Heard {

  private static final int TOO_MANY_REQUESTS = 429;
  private static final int SERVER_ERROR = 500;

  private final InstantSource clock;
  private int status;
  private Optional<Duration> again = Optional.empty();

  Heard(InstantSource clock) {
    this.clock = clock;
  }

  /// A status line and what came with it.
  ///
  /// @param retryAfter the header, null if there was none
  synchronized void answer(int code, @Nullable String retryAfter) {
    status = code;
    again = RetryAfter.of(retryAfter, clock);
  }

  /// When the host wants to be asked again, if it said so.
  synchronized Optional<Duration> again() {
    return again;
  }

  /// What is the matter with the host; empty if a fetch failed for another reason, which asking
  /// again does not mend, such as a repository that is not there or a login that is missing.
  synchronized Optional<String> trouble(Throwable failure) {
    if (status == TOO_MANY_REQUESTS || status >= SERVER_ERROR) {
      return Optional.of("it answered " + status);
    }
    for (var cause = failure; cause != null; cause = cause.getCause()) {
      switch (cause) {
        case UnknownHostException _ -> {
          return Optional.of("its name is not known");
        }
        case SocketException broken -> {
          return Optional.of(words("the connection failed", broken));
        }
        case InterruptedIOException late -> {
          return Optional.of(words("it took too long", late));
        }
        case EOFException cut -> {
          return Optional.of(words("the answer ended too soon", cut));
        }
        case HttpRetryException _, PackProtocolException _ -> {
          return Optional.of(words("the answer makes no sense", cause));
        }
        default -> {
          if (isCutShort(cause)) {
            return Optional.of(words("the answer ended too soon", cause));
          }
        }
      }
    }
    return Optional.empty();
  }

  /// The JDK has no type for it.
  private static boolean isCutShort(Throwable cause) {
    return cause instanceof IOException
        && cause.getMessage() != null
        && (cause.getMessage().startsWith("Premature EOF")
            || cause.getMessage().startsWith("Unexpected end of file"));
  }

  private static String words(String what, Throwable cause) {
    return cause.getMessage() == null ? what : what + ": " + cause.getMessage();
  }
}
