package dev.fleetwright.adapters.local;

import dev.fleetwright.core.canonical.Bencode.Dictionary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// One process among all that ever get the same number.
///
/// On Linux it is told by the boot and the clock tick it started at, as `/proc` has them. The
/// instant that [ProcessHandle] gives there is derived from the wall clock: after the clock is set,
/// a living process would seem to be another one, and would be started a second time.
record Born(long pid, String when) {

  private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");

  /// The living process of that number.
  static Optional<Born> of(long pid) {
    return when(pid).map(when -> new Born(pid, when));
  }

  boolean alive() {
    return when(pid).filter(when::equals).isPresent();
  }

  /// Whether its number was given since the machine was started; known on Linux only.
  boolean thisBoot() {
    try {
      return Files.exists(BOOT) && when.startsWith(Files.readString(BOOT).strip() + "/");
    } catch (IOException _) {
      return false;
    }
  }

  Dictionary canonical() {
    return Dictionary.empty().with("pid", pid).with("when", when);
  }

  static Born of(Dictionary dictionary) {
    return new Born(dictionary.whole("pid"), dictionary.text("when"));
  }

  private static Optional<String> when(long pid) {
    if (!Files.exists(BOOT)) {
      return ProcessHandle.of(pid)
          .filter(ProcessHandle::isAlive)
          .flatMap(p -> p.info().startInstant())
          .map(at -> "at " + at.toEpochMilli());
    }
    try {
      // proc(5): the name is in parentheses and may contain anything; state is field 3, the start
      // in ticks since boot is field 22. A zombie has ended and waits to be reaped.
      var stat =
          Files.readString(
              Path.of("/proc/" + pid + "/stat"), java.nio.charset.StandardCharsets.ISO_8859_1);
      var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      return fields[0].equals("Z") || fields[0].equals("X")
          ? Optional.empty()
          : Optional.of(Files.readString(BOOT).strip() + "/" + fields[19]);
    } catch (IOException _) {
      return Optional.empty();
    }
  }
}
