package dev.fleetwright.adapters.ssh;

import dev.fleetwright.adapters.ssh.Connections.Access;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.sshd.client.channel.ChannelDirectTcpip;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.channel.ClientChannel;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.exception.SshChannelOpenException;
import org.apache.sshd.common.util.net.SshdSocketAddress;
import org.apache.sshd.core.CoreModuleProperties;
import org.jspecify.annotations.Nullable;

/// One host, connected. Commands run one after the other over the same connection; everything that
/// the host sends is capped, and everything that it is asked has a deadline.
///
/// Closing it gives the connection back for the next step, unless something went wrong on it.
final class Connection implements AutoCloseable {

  /// Enough for the listing of 200 000 blobs.
  static final int LARGEST_ANSWER = 16 << 20;

  private static final int LARGEST_COMPLAINT = 64 << 10;

  /// How long the host may take nothing of what is being sent. A host that is gone is noticed
  /// earlier, by its heartbeat.
  private static final Duration STALLED = Duration.ofSeconds(60);

  /// Writes what a command reads from its standard input.
  @FunctionalInterface
  interface Feed {
    void writeTo(OutputStream out) throws IOException;

    /// Nothing.
    Feed NOTHING = _ -> {};
  }

  /// What a command answered.
  ///
  /// @param complaint its standard error, without what a terminal would obey
  record Answer(int exit, Capped out, String complaint) {}

  private final Connections home;
  private final Access access;
  private final ClientSession session;
  private boolean broken;

  Connection(Connections home, Access access, ClientSession session) {
    this.home = home;
    this.access = access;
    this.session = session;
  }

  Host host() {
    return access.host();
  }

  /// Run a command to its end.
  ///
  /// @param command for the login's shell; data in it went through [ShellWord]
  /// @param what for messages, such as `looking`
  /// @throws HostLost if the connection ended, or the time, before the command did; it may go on
  /// @throws HostFailed if the host sends more than it may, or does not run commands
  Answer run(String command, Feed feed, Duration within, String what) throws IOException {
    var end = System.nanoTime() + within.toNanos();
    try (var channel = session.createExecChannel(command)) {
      return run(channel, feed, end, what);
    } catch (HostLost | HostFailed e) {
      broken = true;
      throw e;
    } catch (InterruptedIOException e) {
      broken = true;
      throw e;
    } catch (IOException e) {
      broken = true;
      if (turnedDown(e).isPresent()) {
        throw new HostFailed(host() + " opens no session for " + what);
      }
      throw new HostLost("lost " + host() + " while " + what, e);
    }
  }

  /// Why the host did not open a channel (RFC 4254, 5.1), if that is what went wrong.
  private static OptionalInt turnedDown(@Nullable Throwable failure) {
    for (var cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SshChannelOpenException turnedDown) {
        return OptionalInt.of(turnedDown.getReasonCode());
      }
    }
    return OptionalInt.empty();
  }

  private Answer run(ChannelExec channel, Feed feed, long end, String what) throws IOException {
    var closed = new CompletableFuture<Void>();
    Runnable cutOff = () -> channel.close(true);
    var out = new Capped(LARGEST_ANSWER, cutOff);
    var err = new Capped(LARGEST_COMPLAINT, cutOff);
    channel.setOut(out);
    channel.setErr(err);
    channel.addCloseFutureListener(_ -> closed.complete(null));
    CoreModuleProperties.WAIT_FOR_SPACE_TIMEOUT.set(channel, STALLED);
    channel.open().verify(left(end, what));
    var cut = feed(channel, feed);
    await(closed, end, what);
    if (out.over() || err.over()) {
      throw new HostFailed(
          host()
              + " sends more than "
              + (out.over() ? LARGEST_ANSWER : LARGEST_COMPLAINT)
              + " bytes while "
              + what);
    }
    var exit = channel.getExitStatus();
    if (exit == null) {
      throw new HostLost("lost " + host() + " while " + what, cut);
    }
    return new Answer(exit, out, Printable.lines(new String(err.bytes(), StandardCharsets.UTF_8)));
  }

  /// A command that ends before it has read everything says why on its standard error, so the
  /// broken pipe is not yet the answer.
  private static @Nullable IOException feed(ClientChannel channel, Feed feed) throws IOException {
    try (var in = channel.getInvertedIn()) {
      feed.writeTo(in);
      return null;
    } catch (FeedFailed e) {
      throw e;
    } catch (IOException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw interrupted();
      }
      return e;
    }
  }

  /// What should have been sent could not be read on our side.
  static final class FeedFailed extends IOException {
    FeedFailed(String what, IOException cause) {
      super(what, cause);
    }
  }

  private void await(CompletableFuture<Void> closed, long end, String what) throws IOException {
    try {
      closed.get(Math.max(1, end - System.nanoTime()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new HostLost(host() + " does not come to an end with " + what, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw interrupted();
    } catch (ExecutionException e) {
      throw new AssertionError("completed normally only", e);
    }
  }

  private static InterruptedIOException interrupted() {
    return new InterruptedIOException("told to stop waiting");
  }

  private Duration left(long end, String what) throws HostLost {
    var left = Duration.ofNanos(end - System.nanoTime());
    if (!left.isPositive()) {
      throw new HostLost(host() + " does not come to an end with " + what, null);
    }
    return left.compareTo(access.within()) < 0 ? left : access.within();
  }

  /// What a port of the host does when it is called.
  sealed interface Call {
    /// Something listens.
    ///
    /// @param start the first line of what it said, empty if it said nothing
    record Answered(String start) implements Call {}

    record NobodyThere() implements Call {}

    /// The host does not let us through to its ports (`AllowTcpForwarding no`).
    record NotAllowed() implements Call {}
  }

  /// Call a port of the host through this connection, say something, and read one line.
  ///
  /// @param say nothing is waited for if it is empty
  Call call(int port, String say, Duration within) throws IOException {
    var to = new SshdSocketAddress("localhost", port);
    try (var channel =
        session.createDirectTcpipChannel(new SshdSocketAddress("localhost", 0), to)) {
      var line = new FirstLine();
      channel.setOut(line);
      channel.addCloseFutureListener(_ -> line.ended.complete(null));
      var opened = open(channel, within);
      return opened.isPresent()
          ? opened.get()
          : new Call.Answered(say.isEmpty() ? "" : converse(channel, line, say, within));
    } catch (InterruptedIOException e) {
      broken = true;
      throw e;
    } catch (IOException e) {
      if (session.isOpen()) {
        // It listens, and hung up on us.
        return new Call.Answered("");
      }
      broken = true;
      throw new HostLost("lost " + host() + " while calling port " + port, e);
    }
  }

  /// @return what it means that the channel could not be opened; empty when it is
  private Optional<Call> open(ChannelDirectTcpip channel, Duration within) throws IOException {
    try {
      channel.open().verify(within);
      return Optional.empty();
    } catch (InterruptedIOException e) {
      throw e;
    } catch (IOException e) {
      var reason = turnedDown(e);
      if (reason.isEmpty() && !session.isOpen()) {
        throw e;
      }
      return Optional.of(
          reason.orElse(SshConstants.SSH_OPEN_CONNECT_FAILED)
                  == SshConstants.SSH_OPEN_CONNECT_FAILED
              ? new Call.NobodyThere()
              : new Call.NotAllowed());
    }
  }

  private String converse(ChannelDirectTcpip channel, FirstLine line, String say, Duration within)
      throws IOException {
    var in = channel.getInvertedIn();
    in.write(say.getBytes(StandardCharsets.US_ASCII));
    in.flush();
    try {
      line.ended.get(within.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw interrupted();
    } catch (ExecutionException e) {
      throw new AssertionError("completed normally only", e);
    }
    return Printable.line(line.text());
  }

  /// Takes what comes up to the end of the first line; the rest is let go.
  private static final class FirstLine extends OutputStream {
    private static final int LONGEST = 1024;
    private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    @Override
    public void write(int one) {
      synchronized (taken) {
        if (one == '\n' || taken.size() == LONGEST) {
          ended.complete(null);
        } else if (!ended.isDone()) {
          taken.write(one);
        }
      }
    }

    String text() {
      synchronized (taken) {
        return taken.toString(StandardCharsets.ISO_8859_1);
      }
    }
  }

  /// End the connection now, also for whoever waits on it in another thread.
  void cut() {
    broken = true;
    session.close(true);
  }

  @Override
  public void close() {
    if (broken) {
      session.close(true);
    } else {
      home.giveBack(access, session);
    }
  }
}
