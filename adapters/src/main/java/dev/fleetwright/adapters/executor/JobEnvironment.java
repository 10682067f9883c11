package dev.fleetwright.adapters.executor;

import java.io.IOException;
import java.nio.charset.Charset;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The environment of a job's script: the job's variables and a few of ours, and nothing of the
/// server's own. In a container the image says what the first two of these are.
///
/// - `PATH` is the server's. On a machine without a complete JDK the one that runs the server comes
///   first in it, with `JAVA_HOME`; a machine that has one keeps its choice.
/// - `HOME` and `TMPDIR` are fresh folders that go away with the job, `LANG` is UTF-8. The job's
///   variables may say otherwise for these four.
/// - `CI_PROJECT_DIR`, `CI_BUILDS_DIR`, `CI_JOB_STARTED_AT` and the mark of the job's processes are
///   ours alone. References to the first two inside a value are replaced, since the server cannot
///   know them when it expands variables: `MAVEN_OPTS: -Dmaven.repo.local=$CI_PROJECT_DIR/.m2`.
final class JobEnvironment {

  private static final Pattern NAME = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]*");
  private static final Pattern REFERENCE =
      Pattern.compile("\\$(?:\\{([a-zA-Z_][a-zA-Z0-9_]*)}|([a-zA-Z_][a-zA-Z0-9_]*))");

  private JobEnvironment() {}

  /// For a shell of this machine.
  ///
  /// @throws IOException naming a variable that no process can be given
  static SortedMap<String, String> ofMachine(
      Map<String, String> variables, JobFolder folder, String mark, Instant startedAt)
      throws IOException {
    var environment = new TreeMap<String, String>();
    environment.put("PATH", Machine.path());
    environment.put("HOME", folder.home().toString());
    environment.put("TMPDIR", folder.temporary().toString());
    environment.put("LANG", Machine.language());
    Machine.jdkToLend()
        .ifPresent(home -> {
          environment.put("JAVA_HOME", home.toString());
          environment.put("PATH", home.resolve("bin") + ":" + Machine.path());
        });
    add(
        environment,
        variables,
        folder.project().toString(),
        folder.all().resolve("work").toString(),
        startedAt);
    environment.put(JobProcesses.MARK, mark);
    return environment;
  }

  /// For a container, whose image says what `PATH` and `HOME` are.
  ///
  /// @param project where the container sees the work tree
  /// @param builds the folder above it
  /// @throws IOException naming a variable that no process can be given
  static SortedMap<String, String> ofContainer(
      Map<String, String> variables, String project, String builds, Instant startedAt)
      throws IOException {
    var environment = new TreeMap<String, String>();
    // The work tree belongs to this server's user, and Git does not trust other people's.
    if (!variables.containsKey("GIT_CONFIG_COUNT")) {
      environment.put("GIT_CONFIG_COUNT", "1");
      environment.put("GIT_CONFIG_KEY_0", "safe.directory");
      environment.put("GIT_CONFIG_VALUE_0", project);
    }
    add(environment, variables, project, builds, startedAt);
    return environment;
  }

  private static void add(
      SortedMap<String, String> environment,
      Map<String, String> variables,
      String project,
      String builds,
      Instant startedAt)
      throws IOException {
    var places = Map.of("CI_PROJECT_DIR", project, "CI_BUILDS_DIR", builds);
    for (var variable : variables.entrySet()) {
      var name = variable.getKey();
      check(name, variable.getValue());
      environment.put(name, expand(variable.getValue(), places));
    }
    environment.putAll(places);
    environment.put("CI_JOB_STARTED_AT", startedAt.truncatedTo(ChronoUnit.SECONDS).toString());
  }

  /// A text with `$NAME` and `${NAME}` replaced where the name is known.
  static String expand(String text, Map<String, String> known) {
    return REFERENCE
        .matcher(text)
        .replaceAll(reference -> {
          var name = reference.group(1) == null ? reference.group(2) : reference.group(1);
          return Matcher.quoteReplacement(known.getOrDefault(name, reference.group()));
        });
  }

  private static void check(String name, String value) throws IOException {
    if (!NAME.matcher(name).matches()) {
      throw new IOException("`" + name + "` cannot be the name of an environment variable");
    }
    if (value.indexOf('\0') >= 0) {
      throw new IOException("the value of " + name + " holds a zero byte");
    }
    var encoding = Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));
    if (!encoding.newEncoder().canEncode(value)) {
      throw new IOException(
          "the value of %s cannot be written in %s; start the server with LC_ALL=C.UTF-8"
              .formatted(name, encoding));
    }
  }
}
