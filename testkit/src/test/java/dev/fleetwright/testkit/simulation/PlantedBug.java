package dev.fleetwright.testkit.simulation;

import dev.fleetwright.core.deploy.DeployEvent;
import dev.fleetwright.core.deploy.DeployEvent.Approved;
import dev.fleetwright.core.deploy.DeployEvent.RollbackAsked;
import dev.fleetwright.core.deploy.DeployEvent.StepInDoubt;
import dev.fleetwright.core.deploy.DeployEvent.StepUndone;
import dev.fleetwright.core.deploy.DeployMachine;
import dev.fleetwright.core.deploy.DeployState;
import dev.fleetwright.core.deploy.DeployState.Phase;
import dev.fleetwright.core.deploy.DeployState.RolledBack;
import dev.fleetwright.core.deploy.DeployState.RollingBack;
import dev.fleetwright.core.deploy.DeployState.Running;
import dev.fleetwright.core.deploy.DeployState.Succeeded;
import dev.fleetwright.core.deploy.DeployState.Waiting;
import dev.fleetwright.core.deploy.DeployView;
import dev.fleetwright.core.engine.Lease;
import dev.fleetwright.core.plan.Plan;
import dev.fleetwright.core.plan.Step;
import dev.fleetwright.core.target.ApplyId;
import dev.fleetwright.core.target.Capability;
import dev.fleetwright.core.target.Observation;
import dev.fleetwright.core.target.Order;
import dev.fleetwright.core.target.Outcome;
import dev.fleetwright.core.target.Place;
import dev.fleetwright.core.target.Preview;
import dev.fleetwright.core.target.Revision;
import dev.fleetwright.core.target.Slice;
import dev.fleetwright.core.target.Target;
import dev.fleetwright.core.target.Targets;
import dev.fleetwright.testkit.history.Invariant;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// Mistakes that somebody could make. Each is planted by another collaborator, never into the
/// engine's sources, and must be found by its effects: as the invariant that it breaks.
enum PlantedBug {
  THE_TOKEN_IS_NOT_CHECKED(Invariant.I7_MONOTONE) {
    @Override
    Simulation.Alterations plant() {
      return inStore((nanos, writer) ->
          new MemoryStore(nanos, writer) {
            @Override
            protected boolean isStale(Lease lease, long newest) {
              return false;
            }
          });
    }
  },

  IT_IS_ANSWERED_BEFORE_IT_IS_STORED(Invariant.I1_NOTHING_LOST) {
    @Override
    Simulation.Alterations plant() {
      return inStore((nanos, writer) ->
          new MemoryStore(nanos, writer) {
            private int answered;

            @Override
            protected boolean isKept(DeployEvent event) {
              // The power goes between the answer and the disk, now and then.
              return ++answered % 40 > 0;
            }
          });
    }
  },

  A_FEED_ENTRY_IS_DROPPED(Invariant.I5_AUDIT) {
    @Override
    Simulation.Alterations plant() {
      return inStore((nanos, writer) ->
          new MemoryStore(nanos, writer) {
            private int announced;

            @Override
            protected void announce(String topic, SortedMap<String, String> facts, Instant at) {
              if (++announced % 100 > 0) {
                super.announce(topic, facts, at);
              }
            }
          });
    }
  },

  A_LEASE_NEVER_ENDS(Invariant.I8_TIME) {
    @Override
    Simulation.Alterations plant() {
      return inStore((nanos, writer) ->
          new MemoryStore(nanos, writer) {
            @Override
            protected Duration life(Duration asked) {
              return Duration.ofDays(1000);
            }
          });
    }
  },

  THE_EXPECTED_SEQUENCE_IS_IGNORED(Invariant.I7_MONOTONE) {
    @Override
    Simulation.Alterations plant() {
      return inStore((nanos, writer) ->
          new MemoryStore(nanos, writer) {
            @Override
            protected boolean hasMoved(long expected, long sequence) {
              return false;
            }
          });
    }
  },

  A_REPETITION_HAS_A_NEW_ID(Invariant.I3_EFFECTS) {
    @Override
    Simulation.Alterations plant() {
      var asked = new HashMap<ApplyId, Integer>();
      return inTargets(target ->
          new Passing(target) {
            @Override
            public Outcome apply(Order order, Place place, Revision desired, Slice slice) {
              return super.apply(renamed(order, asked), place, desired, slice);
            }
          });
    }
  },

  A_DOUBT_IS_ENDED_BY_DOING_IT_AGAIN(Invariant.I3_EFFECTS) {
    @Override
    Simulation.Alterations plant() {
      return inRules((state, event) ->
          event instanceof StepInDoubt && state instanceof Running running
              ? new Running(running.plan(), running.step(), new Phase.Due(), running.wish())
              : DeployMachine.next(state, event));
    }
  },

  AN_APPROVAL_COUNTS_FOR_ANOTHER_PLAN(Invariant.I5_AUDIT) {
    @Override
    Simulation.Alterations plant() {
      return inStore((nanos, writer) ->
          new MemoryStore(nanos, writer) {
            @Override
            protected DeployEvent stored(DeployView before, DeployEvent event) {
              return event instanceof Approved(var by, _)
                      && before.state() instanceof Waiting waiting
                  ? new Approved(by, waiting.plan().hash())
                  : event;
            }
          });
    }
  },

  STEPS_ARE_TAKEN_BACK_FROM_THE_FIRST_ON(Invariant.I3_EFFECTS) {
    @Override
    Simulation.Alterations plant() {
      return inRules((state, event) -> {
        if (state instanceof RollingBack(var plan, var step, _, var cause)
            && event instanceof StepUndone(var at, _)
            && at == step) {
          return forward(plan, step + 1, cause);
        }
        return DeployMachine.next(state, event)
                instanceof RollingBack(var plan, _, var phase, var cause)
            ? state instanceof RollingBack back
                ? new RollingBack(plan, back.step(), phase, cause)
                : forward(plan, 0, cause)
            : DeployMachine.next(state, event);
      });
    }
  },

  THE_END_IS_LEFT_AGAIN(Invariant.I7_MONOTONE) {
    @Override
    Simulation.Alterations plant() {
      return new Simulation.Alterations() {
        @Override
        public MemoryStore store(LongSupplier nanos, Supplier<String> writer) {
          return withRules(
              nanos,
              writer,
              (state, event) ->
                  state instanceof Succeeded(var plan)
                          && event instanceof RollbackAsked(_, var reason)
                          && !plan.steps().isEmpty()
                      ? new RollingBack(plan, plan.steps().size() - 1, new Phase.Due(), reason)
                      : DeployMachine.next(state, event));
        }

        @Override
        public boolean refusesWhatIsLate() {
          return false;
        }
      };
    }
  };

  /// What has to be found.
  final Invariant breaks;

  PlantedBug(Invariant breaks) {
    this.breaks = breaks;
  }

  /// A world with this bug in it; a new one for each run.
  abstract Simulation.Alterations plant();

  /// The sentence.
  String words() {
    return name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
  }

  private interface StoreMaker {
    MemoryStore make(LongSupplier nanos, Supplier<String> writer);
  }

  private interface Rules {
    DeployState next(DeployState state, DeployEvent event);
  }

  private static Simulation.Alterations inStore(StoreMaker maker) {
    return new Simulation.Alterations() {
      @Override
      public MemoryStore store(LongSupplier nanos, Supplier<String> writer) {
        return maker.make(nanos, writer);
      }
    };
  }

  private static Simulation.Alterations inRules(Rules rules) {
    return inStore((nanos, writer) -> withRules(nanos, writer, rules));
  }

  private static MemoryStore withRules(LongSupplier nanos, Supplier<String> writer, Rules rules) {
    return new MemoryStore(nanos, writer) {
      @Override
      protected DeployState next(DeployState state, DeployEvent event) {
        return rules.next(state, event);
      }
    };
  }

  private static DeployState forward(Plan plan, int from, String cause) {
    for (var step = from; step < plan.steps().size(); step++) {
      if (plan.steps().get(step) instanceof Step.Change) {
        return new RollingBack(plan, step, new Phase.Due(), cause);
      }
    }
    return new RolledBack(plan, cause);
  }

  private interface TargetChange {
    Target change(Target real);
  }

  private static Simulation.Alterations inTargets(TargetChange change) {
    return new Simulation.Alterations() {
      @Override
      public Targets targets(Targets real) {
        return binding -> change.change(real.open(binding));
      }
    };
  }

  private static Order renamed(Order order, Map<ApplyId, Integer> asked) {
    var times = asked.merge(order.id(), 1, Integer::sum);
    var id = order.id();
    return times == 1
        ? order
        : new Order(
            new ApplyId(id.deploy(), id.step() + 1000 * times, id.undo()),
            order.fencingToken(),
            order.log());
  }

  /// A target that passes everything on.
  private static class Passing implements Target {
    private final Target real;

    Passing(Target real) {
      this.real = real;
    }

    @Override
    public Set<Capability> capabilities() {
      return real.capabilities();
    }

    @Override
    public Observation observe(Place place) {
      return real.observe(place);
    }

    @Override
    public Preview preview(Place place, Revision desired) {
      return real.preview(place, desired);
    }

    @Override
    public Outcome apply(Order order, Place place, Revision desired, Slice slice) {
      return real.apply(order, place, desired, slice);
    }

    @Override
    public Outcome remove(Order order, Place place) {
      return real.remove(order, place);
    }
  }
}
