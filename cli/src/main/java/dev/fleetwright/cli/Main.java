package dev.fleetwright.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/// `fleetwright`: everything else is a subcommand.
@Command(
    name = "fleetwright",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    header = "From a commit to a running fleet.",
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Exit codes: 0 done, 1 it came to a bad end, 2 usage, 3 refused, 4 not found,",
      "            5 server unreachable, 6 mistakes in files.",
      "Completion: source <(fleetwright generate-completion)"
    },
    subcommands = {
      DemoCommand.class,
      UpCommand.class,
      InitCommand.class,
      LintCommand.class,
      ServerCommand.class,
      ProjectCommand.class,
      PipelineCommand.class,
      PipelineCommand.Run.class,
      JobCommand.class,
      ScheduleCommand.class,
      ReleaseCommand.class,
      ResourceGroupCommand.class,
      EnvironmentCommand.class,
      PlanCommand.class,
      DeployCommand.class,
      ApproveCommand.class,
      GateCommand.class,
      SteerCommand.Reject.class,
      SteerCommand.Cancel.class,
      SteerCommand.Pause.class,
      SteerCommand.Resume.class,
      SteerCommand.LiftQuarantine.class,
      RollbackCommand.class,
      TrainCommand.class,
      HoldCommand.class,
      AlarmCommand.class,
      StopCommand.class,
      RunnerCommand.class,
      TokenCommand.class,
      LogsCommand.class,
      ArtifactsCommand.class,
      WatchCommand.class,
      LedgerCommand.class,
      GenerateCompletion.class,
      HelpCommand.class
    })
public final class Main implements Runnable {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "When it fails, also say where in the program.")
  private boolean debug;

  /// Run one command and end the process with its [ExitCode].
  public static void main(String[] arguments) {
    System.exit(run(arguments, System.out, System.err));
  }

  /// Run one command.
  ///
  /// @return its [ExitCode]
  static int run(String[] arguments, java.io.PrintStream out, java.io.PrintStream error) {
    var main = new Main();
    return Complaint.on(new CommandLine(main), main)
        .setOut(new PrintWriter(out, true, StandardCharsets.UTF_8))
        .setErr(new PrintWriter(error, true, StandardCharsets.UTF_8))
        .setCaseInsensitiveEnumValuesAllowed(true)
        // `@file` would read files that a server's or a repository's text names (CVE-2024-23897).
        .setExpandAtFiles(false)
        .execute(arguments);
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  /// Whether to say where in the program something went wrong.
  boolean debug() {
    return debug;
  }
}
