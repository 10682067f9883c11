package dev.fleetwright.server.ui;

import java.util.List;

/// One environment: what runs, what ran, and to what it can go back.
///
/// @param alarms that fire
/// @param held why it takes nothing by itself; at most one
/// @param hold the button that holds it, where it takes something by itself
record EnvironmentPage(
    String name,
    String tier,
    Badge state,
    Link url,
    String href,
    List<String> rules,
    boolean canStop,
    List<Alarmed> alarms,
    List<Held> held,
    List<Action> hold,
    List<Underway> underway,
    List<OnTarget> running,
    List<WayBack> waysBack,
    List<DeployRow> history,
    Link olderHistory,
    List<ComponentLog> logs) {

  EnvironmentPage {
    rules = List.copyOf(rules);
    alarms = List.copyOf(alarms);
    held = List.copyOf(held);
    hold = List.copyOf(hold);
    underway = List.copyOf(underway);
    running = List.copyOf(running);
    waysBack = List.copyOf(waysBack);
    history = List.copyOf(history);
    logs = List.copyOf(logs);
  }

  /// Something says that it is not well.
  record Alarmed(String name, String reason, String by, Moment since) {}

  /// It takes nothing by itself.
  ///
  /// @param after what is taken once it is lifted, in words
  record Held(String by, String reason, Moment since, Link deploy, String after, Action lift) {}

  /// What runs on one target.
  ///
  /// @param seen when the instances were looked at; empty when they could not be
  /// @param trouble why they could not be, or what is wrong; may be empty
  record OnTarget(
      String target,
      String kind,
      Badge health,
      Link release,
      String title,
      String by,
      List<Moment> since,
      boolean mixed,
      List<Instance> instances,
      List<Moment> seen,
      String trouble) {
    OnTarget {
      since = List.copyOf(since);
      instances = List.copyOf(instances);
      seen = List.copyOf(seen);
    }
  }

  /// One component on one host.
  record Instance(
      String component, String host, Badge health, String digest, Link endpoint, String detail) {}

  /// A version that ran here.
  ///
  /// @param href leads to the roll-back's preview; empty when it cannot be gone back to
  /// @param why not, or what going back means
  /// @param asked when its targets were asked; empty when it is by the record alone
  record WayBack(
      String version,
      String title,
      Moment at,
      String href,
      Badge badge,
      String why,
      List<Moment> asked) {
    WayBack {
      asked = List.copyOf(asked);
    }

    boolean possible() {
      return !href.isEmpty();
    }
  }

  /// Where to read what a component prints.
  record ComponentLog(String label, String href) {}
}
