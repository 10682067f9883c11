package dev.fleetwright.server.wiring;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Lets TERM and INT stop the server in order.
///
/// A second signal while it stops ends the process at once; nothing is lost by that, since a server
/// may die at any instruction.
final class StopSignals {

  private static final Logger log = LoggerFactory.getLogger(StopSignals.class);

  /// How many came, of either kind.
  private static final AtomicInteger CAME = new AtomicInteger();

  private final Thread hook;

  private StopSignals(Thread hook) {
    this.hook = hook;
  }

  static StopSignals callOnce(Runnable stop) {
    Handlers.installed();
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

  /// The virtual machine hears of a signal once: when it is ending already, it ignores all others.
  /// What hears of each is the class `sun.misc.Signal`, which is there for exactly this (JEP 260)
  /// and which the compiler warns of in every use, so it is called by its name.
  private static final class Handlers {

    static {
      for (var name : List.of("TERM", "INT")) {
        try {
          install(name);
        } catch (ReflectiveOperationException e) {
          // Such as when the virtual machine was told not to handle signals (`-Xrs`).
          log.atWarn()
              .addKeyValue("signal", name)
              .setCause(e instanceof InvocationTargetException wrapped ? wrapped.getCause() : e)
              .log("a second signal will not end the server at once");
        }
      }
    }

    private Handlers() {}

    /// For each process once, whatever is started in it.
    static void installed() {
      // Loading the class has done it.
    }

    private static void install(String name) throws ReflectiveOperationException {
      var signals = Class.forName("sun.misc.Signal");
      var handlers = Class.forName("sun.misc.SignalHandler");
      var signal = signals.getConstructor(String.class).newInstance(name);
      var number = (int) signals.getMethod("getNumber").invoke(signal);
      var handler =
          Proxy.newProxyInstance(
              handlers.getClassLoader(),
              new Class<?>[] {handlers},
              (_, method, _) -> {
                if (method.getName().equals("handle")) {
                  came(number);
                }
                return null;
              });
      signals.getMethod("handle", signals, handlers).invoke(null, signal, handler);
    }

    /// As the virtual machine does it, which ends with 128 and the signal's number; each signal is
    /// handled in a thread of its own.
    private static void came(int number) {
      var code = 128 + number;
      if (CAME.incrementAndGet() > 1) {
        Runtime.getRuntime().halt(code);
      }
      System.exit(code);
    }
  }
}
