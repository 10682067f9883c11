package dev.fleetwright.server.wiring;

/// Lets TERM and INT stop the server in order.
///
/// A second signal while it stops ends the process at once; nothing is lost by that, since a server
/// may die at any instruction.
final class StopSignals {

  private final Thread hook;

  private StopSignals(Thread hook) {
    this.hook = hook;
  }

  static StopSignals callOnce(Runnable stop) {
    var hook = Thread.ofPlatform().name("stop signal").unstarted(stop);
    Runtime.getRuntime().addShutdownHook(hook);
    return new StopSignals(hook);
  }

  /// The server was stopped otherwise.
  void forget() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is ending: the hook is what stops us.
    }
  }
}
