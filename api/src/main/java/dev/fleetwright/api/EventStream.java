package dev.fleetwright.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.fleetwright.api.EventReader.Said;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Events as a server tells them. When the connection is lost it is made again and goes on after
/// the last event that was taken: none is missed, none comes twice.
///
/// One thread takes events; another may close.
public final class EventStream<T> implements AutoCloseable {

  /// Three heartbeats of the server.
  private static final Duration SILENCE = Duration.ofSeconds(45);

  private static final Duration SHORTEST_WAIT = Duration.ofMillis(250);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

  private final Connect connect;
  private final Class<T> type;
  private final AtomicReference<@Nullable Connection> connection = new AtomicReference<>();
  private final Object changed = new Object();
  private Optional<String> last;
  private volatile boolean closed;

  EventStream(Connect connect, Class<T> type, Optional<String> after) {
    this.connect = connect;
    this.type = type;
    this.last = after;
  }

  /// Opens the stream of a server.
  interface Connect {
    /// @param after the id to go on after
    /// @throws RequestFailed when the server says no: asking again is useless
    InputStream open(Optional<String> after) throws IOException, InterruptedException;
  }

  /// Take the next event; blocks.
  ///
  /// @return empty when there will be no more: the server said that this is the end, or this was
  ///   closed
  /// @throws RequestFailed when the server does not let us
  public Optional<T> next() throws InterruptedException {
    var wait = SHORTEST_WAIT;
    while (!closed) {
      var current = connection.get();
      if (current == null) {
        try {
          current = new Connection(connect.open(last));
          connection.set(current);
          if (closed) {
            current.drop();
            break;
          }
        } catch (IOException e) {
          // The server is away; it comes back, or the caller closes.
          pause(wait);
          wait =
              wait.multipliedBy(2).compareTo(LONGEST_WAIT) < 0
                  ? wait.multipliedBy(2)
                  : LONGEST_WAIT;
          continue;
        }
      }
      switch (current.said.poll(SILENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        case Heard(Said.Event(var id, var kind, var data)) -> {
          if (id.isPresent()) {
            last = id;
          }
          if (kind.equals("end")) {
            close();
          } else {
            return Optional.of(read(data));
          }
        }
        case Heard(Said.Heartbeat()) -> wait = SHORTEST_WAIT;
        case Lost() -> {
          drop(current);
          pause(wait);
        }
        case null -> drop(current);
      }
    }
    return Optional.empty();
  }

  /// The id of the last event that was taken: what to resume after.
  public Optional<String> last() {
    return last;
  }

  @Override
  public void close() {
    closed = true;
    var current = connection.getAndSet(null);
    if (current != null) {
      current.drop();
    }
    synchronized (changed) {
      changed.notifyAll();
    }
  }

  private T read(String data) {
    try {
      return Json.lenient().readValue(data, type);
    } catch (JsonProcessingException e) {
      throw new ServerUnreachable("reading an event of the server", e);
    }
  }

  private void drop(Connection current) {
    connection.compareAndSet(current, null);
    current.drop();
  }

  private void pause(Duration time) throws InterruptedException {
    var until = System.nanoTime() + time.toNanos();
    synchronized (changed) {
      for (var left = time.toMillis();
          !closed && left > 0;
          left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime())) {
        changed.wait(left);
      }
    }
  }

  private sealed interface Item {}

  private record Heard(Said said) implements Item {}

  private record Lost() implements Item {}

  /// One connection and the thread that reads it, so that silence can be noticed: a blocked read
  /// cannot be given a time.
  private static final class Connection {

    final ArrayBlockingQueue<Item> said = new ArrayBlockingQueue<>(64);
    private final InputStream in;
    private final Thread reader;

    Connection(InputStream in) {
      this.in = in;
      this.reader = Thread.ofVirtual().name("events").start(this::read);
    }

    private void read() {
      try {
        var events = new EventReader(new BufferedInputStream(in));
        for (var next = events.next(); next.isPresent(); next = events.next()) {
          said.put(new Heard(next.get()));
        }
      } catch (IOException e) {
        // Told by Lost.
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } finally {
        offerLost();
      }
    }

    private void offerLost() {
      try {
        said.put(new Lost());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    void drop() {
      reader.interrupt();
      said.clear();
      said.offer(new Lost());
      try {
        in.close();
      } catch (IOException e) {
        // It is being thrown away.
      }
    }
  }
}
