package dev.fleetwright.server.operations;

import dev.fleetwright.core.log.LogName;
import dev.fleetwright.core.log.LogStore;
import dev.fleetwright.core.pipeline.JobOutcome.Ending;
import dev.fleetwright.core.runner.HandOut;
import dev.fleetwright.core.runner.HandOut.Trace;
import dev.fleetwright.core.runner.HandOuts;
import dev.fleetwright.core.secret.Masking;
import dev.fleetwright.core.secret.Secret;
import dev.fleetwright.server.auth.RunnerTokens;
import java.io.ByteArrayOutputStream;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes what jobs print at their runners, masks it once more, and puts it into their logs.
///
/// The runner counts the bytes that it sent, and the log holds others where a secret was masked. A
/// secret may be cut in two by any two requests, so the last bytes may stay here until more comes.
/// Those are not counted as received: when this server dies, or another one is asked, the runner is
/// told to send them again.
public final class JobTraces {

  private static final Logger log = LoggerFactory.getLogger(JobTraces.class);

  /// Each has about a megabyte of tables; one that is forgotten is made anew.
  private static final int MOST_REMEMBERED = 24;

  private final HandOuts handOuts;
  private final LogStore logs;
  private final long most;
  private final InstantSource clock;
  private final SequencedMap<Long, Live> live = new LinkedHashMap<>();

  /// @param most how many bytes a job may print
  JobTraces(HandOuts handOuts, LogStore logs, long most, InstantSource clock) {
    this.handOuts = handOuts;
    this.logs = logs;
    this.most = most;
    this.clock = clock;
  }

  /// What became of a part of a log.
  public sealed interface Took {
    /// @param size how many bytes there are now
    record Taken(long size) implements Took {}

    /// It does not follow what is there.
    ///
    /// @param size how many bytes there are
    record Misplaced(long size) implements Took {}

    /// The log is too long; the job has been ended.
    record TooLong() implements Took {}

    /// The job is not with that runner any more.
    record Gone() implements Took {}
  }

  /// Append to a job's log.
  ///
  /// @param token the job's
  /// @param secrets to mask besides the token; asked for when masking begins
  /// @param from where the bytes begin, as the runner counts
  public Took append(
      HandOut handOut, Secret token, Supplier<List<Secret>> secrets, long from, byte[] bytes) {
    var part = live(handOut.id());
    synchronized (part) {
      // Read again: another request may have been faster.
      var now = handOuts.byToken(RunnerTokens.hash(token.reveal()));
      if (now.isEmpty()) {
        return new Took.Gone();
      }
      part.follow(now.get(), token, secrets);
      if (from != part.size() && from == part.durable.received()) {
        part.begin(now.get(), token, secrets);
      }
      if (from != part.size()) {
        return new Took.Misplaced(part.size());
      } else if (from + bytes.length > most) {
        tooLong(now.get());
        return new Took.TooLong();
      }
      part.write(bytes);
      return part.settle(now.get())
          ? new Took.Taken(part.size())
          : new Took.Misplaced(part.durable.received());
    }
  }

  private void tooLong(HandOut handOut) {
    var _ =
        handOuts.end(
            handOut.id(),
            Ending.Failed.without(
                "trace_size_exceeded", "it printed more than %,d bytes".formatted(most)),
            clock.instant());
    forget(handOut.id());
  }

  /// What became of an end that a runner told.
  public enum Told {
    /// It is on record.
    DONE,
    /// Some of what the job printed has not come; the runner is to send it first.
    INCOMPLETE,
    /// The job is not with that runner any more.
    GONE
  }

  /// The runner says that its job ended.
  ///
  /// @param size how long its log is; empty when it does not say
  /// @param checksum of the log; empty when it does not say
  public Told end(
      HandOut handOut,
      Secret token,
      Supplier<List<Secret>> secrets,
      Ending ending,
      Optional<Long> size,
      Optional<Integer> checksum) {
    var part = live(handOut.id());
    synchronized (part) {
      var now = handOuts.byToken(RunnerTokens.hash(token.reveal()));
      if (now.isEmpty()) {
        return Told.GONE;
      }
      part.follow(now.get(), token, secrets);
      if (size.filter(s -> s > part.size()).isPresent()) {
        return Told.INCOMPLETE;
      }
      part.close();
      if (!part.settle(now.get())) {
        return Told.INCOMPLETE;
      }
      if (checksum.filter(c -> c != part.durable.checksum()).isPresent()) {
        log.atWarn()
            .addKeyValue("job", handOut.job())
            .log("what came of a job's log is not what its runner sent");
      }
      forget(handOut.id());
      return handOuts.end(handOut.id(), ending, clock.instant()) ? Told.DONE : Told.GONE;
    }
  }

  private Live live(long handOut) {
    synchronized (live) {
      var known = live.remove(handOut);
      var part = known == null ? new Live() : known;
      live.putLast(handOut, part);
      if (live.size() > MOST_REMEMBERED) {
        live.pollFirstEntry();
      }
      return part;
    }
  }

  private void forget(long handOut) {
    synchronized (live) {
      live.remove(handOut);
    }
  }

  /// A log that grows. Everything is done under its own lock.
  private final class Live {
    private Trace durable = Trace.from(0);
    private final ByteArrayOutputStream held = new ByteArrayOutputStream();
    private Optional<Masking.Output> masked = Optional.empty();
    private long skip;
    private LogName name = LogName.job(0);

    long size() {
      return durable.received() + held.size();
    }

    /// Go on from what is on record, also when another server wrote it.
    void follow(HandOut handOut, Secret token, Supplier<List<Secret>> secrets) {
      if (masked.isEmpty() || !durable.equals(handOut.trace())) {
        begin(handOut, token, secrets);
      }
    }

    void begin(HandOut handOut, Secret token, Supplier<List<Secret>> secrets) {
      durable = handOut.trace();
      held.reset();
      name = LogName.job(handOut.job());
      // What a server wrote that died before it could note so: the same bytes come again, and give
      // the same, however they are cut.
      skip = Math.max(0, logs.size(name) - durable.logged());
      var all = new ArrayList<>(secrets.get());
      all.add(token);
      masked = Optional.of(Masking.of(all).into(this::put));
    }

    private void put(byte[] bytes, int from, int length) {
      var left = (int) Math.min(skip, length);
      skip -= left;
      if (left < length) {
        logs.append(name, bytes, from + left, length - left);
      }
    }

    void write(byte[] bytes) {
      held.writeBytes(bytes);
      masked.orElseThrow().write(bytes, 0, bytes.length);
      masked.orElseThrow().flush();
    }

    void close() {
      masked.orElseThrow().close();
    }

    /// Note what has come.
    ///
    /// @return false when another server noted something else meanwhile
    boolean settle(HandOut handOut) {
      var bytes = held.toByteArray();
      var kept = masked.orElseThrow().held();
      var passed = bytes.length - kept;
      var next =
          new Trace(
              durable.received() + passed,
              Crc32.of(durable.checksum(), bytes, passed),
              logs.size(name));
      if (!handOuts.advance(handOut.id(), durable, next, clock.instant())) {
        masked = Optional.empty();
        return false;
      }
      durable = next;
      held.reset();
      held.write(bytes, passed, kept);
      return true;
    }
  }
}
