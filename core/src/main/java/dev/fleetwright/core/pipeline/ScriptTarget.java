package dev.fleetwright.core.pipeline;

import dev.fleetwright.core.pipeline.JobExecutor.JobNotRunnable;
import dev.fleetwright.core.pipeline.JobExecutor.JobOrder;
import dev.fleetwright.core.pipeline.JobOutcome.Ending;
import dev.fleetwright.core.target.Capability;
import dev.fleetwright.core.target.Change;
import dev.fleetwright.core.target.Component;
import dev.fleetwright.core.target.Observation;
import dev.fleetwright.core.target.Order;
import dev.fleetwright.core.target.Outcome;
import dev.fleetwright.core.target.Place;
import dev.fleetwright.core.target.Preview;
import dev.fleetwright.core.target.Revision;
import dev.fleetwright.core.target.Slice;
import dev.fleetwright.core.target.StepLog;
import dev.fleetwright.core.target.Target;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/// The pseudo-target of jobs that deploy by their script. Nobody can see afterwards whether a
/// script has run, so it does not observe, the engine runs it at most once by itself, and what it
/// did is not taken back. Its stored revision is the whole job, so an earlier deploy can be run
/// again when the pipeline and the branch are gone.
public final class ScriptTarget implements Target {

  private static final int LONGEST_LINE = 8192;

  private final JobExecutor executor;
  private final Function<Component, JobOrder> orders;
  private final Ends ends;

  /// Takes down how a script ended.
  @FunctionalInterface
  public interface Ends {
    /// Called before the step is answered for, so that whoever sees its end finds this.
    void note(long deploy, JobOutcome outcome);
  }

  /// @param orders makes the job to run out of a stored component
  public ScriptTarget(JobExecutor executor, Function<Component, JobOrder> orders, Ends ends) {
    this.executor = executor;
    this.orders = orders;
    this.ends = ends;
  }

  @Override
  public Set<Capability> capabilities() {
    return Set.of(Capability.ROLL_BACK);
  }

  @Override
  public Observation observe(Place place) {
    return Observation.nothingOn(List.of());
  }

  @Override
  public Preview preview(Place place, Revision desired) {
    return new Preview.Possible(
        desired.components().stream().map(ScriptTarget::change).toList(),
        Observation.nothingOn(List.of()));
  }

  private static Change change(Component component) {
    return new Change(
        Change.Kind.UPDATE,
        "run the script of job `" + component.name() + "`",
        component.settings().list("script").stream().map(line -> "+" + line).toList());
  }

  @Override
  public Outcome apply(Order order, Place place, Revision desired, Slice slice) {
    if (!(slice instanceof Slice.All)) {
      return new Outcome.Refused("a script runs wholly or not at all");
    }
    for (var component : desired.components()) {
      var outcome = run(order, component);
      if (!(outcome instanceof Outcome.Applied)) {
        return outcome;
      }
    }
    return new Outcome.Applied("ran the script");
  }

  private Outcome run(Order order, Component component) {
    var lines = new Lines(order.log());
    try {
      var outcome = executor.run(orders.apply(component), lines::append);
      lines.end();
      note(order, outcome);
      return switch (outcome.ending()) {
        case Ending.Succeeded _ -> new Outcome.Applied("ran the script");
        case Ending.Failed(var exitCode, _, var message) ->
            new Outcome.Refused(
                "the script of job `%s` failed%s: %s"
                    .formatted(
                        component.name(),
                        exitCode < 0 ? "" : " with exit code " + exitCode,
                        message));
        case Ending.Cancelled _ ->
            new Outcome.Refused("the script of job `" + component.name() + "` was ended");
      };
    } catch (JobNotRunnable e) {
      var failure = Ending.Failed.without("runner_system_failure", String.valueOf(e.getMessage()));
      note(order, new JobOutcome(failure, List.of(), Map.of()));
      return new Outcome.Refused(
          "the script of job `%s` could not be started: %s"
              .formatted(component.name(), e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Outcome.Unknown("running the script of job `" + component.name() + "`", e);
    }
  }

  /// Taking a deploy back may run the script of an earlier one, which is not this job's.
  private void note(Order order, JobOutcome outcome) {
    if (!order.id().undo()) {
      ends.note(order.id().deploy(), outcome);
    }
  }

  @Override
  public Outcome remove(Order order, Place place) {
    return new Outcome.Refused("what a script did cannot be taken away");
  }

  /// Cuts what a script prints into lines; a line without end is told in parts.
  private static final class Lines {
    private final StepLog log;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    Lines(StepLog log) {
      this.log = log;
    }

    void append(byte[] bytes, int from, int length) {
      for (var i = from; i < from + length; i++) {
        if (bytes[i] == '\n' || line.size() >= LONGEST_LINE) {
          end();
        }
        if (bytes[i] != '\n' && bytes[i] != '\r') {
          line.write(bytes[i]);
        }
      }
    }

    void end() {
      if (line.size() > 0) {
        log.line(line.toString(StandardCharsets.UTF_8));
        line.reset();
      }
    }
  }
}
