package dev.fleetwright.adapters.executor;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/// The shell of this machine, as the user of this server.
final class ThisMachine implements ScriptPlace {

  private final JobFolder folder;
  private final String mark;
  private final JobConsole console;

  ThisMachine(JobFolder folder, String mark, JobConsole console) {
    this.folder = folder;
    this.mark = mark;
    this.console = console;
  }

  @Override
  public void prepare() {
    console.say("Running with the shell of this machine, in " + folder.project());
  }

  @Override
  public SortedMap<String, String> environment(Map<String, String> variables, Instant startedAt)
      throws IOException {
    return JobEnvironment.ofMachine(variables, folder, mark, startedAt);
  }

  @Override
  public void open(Map<String, String> environment) {
    // The work tree is ours, and so are the scripts.
  }

  @Override
  public ScriptRun start(String name, List<String> lines, Map<String, String> environment)
      throws IOException {
    var file = folder.script(name, ShellScript.of(lines));
    return JobProcess.start(file, environment, folder.project(), mark, console);
  }

  @Override
  public String project() {
    return folder.project().toString();
  }

  @Override
  public void close() {
    // Each script was ended with all that it started.
  }
}
