package dev.fleetwright.kubernetes.health;

import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelIssue;
import dev.cel.common.CelOptions;
import dev.cel.common.CelOverloadDecl;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.CelType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.extensions.CelExtensions;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelFunctionBinding;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// One expression of a rule, in CEL (the Common Expression Language, which Kubernetes itself uses
/// for admission). CEL has no loops but those over lists that are there, no recursion and no way
/// out.
///
/// It is bounded all the same, since a list may be long and the rule a stranger's: the length of an
/// expression, its steps, the rounds of its loops, and the time. Regular expressions are RE2's,
/// which take time in proportion to the text.
final class RuleProgram {

  /// What came of compiling.
  sealed interface Compiled {
    record Ready(RuleProgram program) implements Compiled {}

    record Wrong(String why) implements Compiled {}
  }

  /// What came of asking.
  sealed interface Answer {
    record Yes() implements Answer {}

    record No() implements Answer {}

    record Broken(String why) implements Answer {}
  }

  private static final int LONGEST_EXPRESSION = 4_000;
  private static final int DEEPEST_EXPRESSION = 50;
  private static final int MOST_ROUNDS = 10_000;
  private static final int MOST_STEPS = 100_000;
  private static final int LARGEST_PATTERN = 1_000;
  private static final Duration LONGEST = Duration.ofMillis(250);

  private static final CelOptions OPTIONS =
      CelOptions.current()
          .maxExpressionCodePointSize(LONGEST_EXPRESSION)
          .maxParseRecursionDepth(DEEPEST_EXPRESSION)
          .maxRegexProgramSize(LARGEST_PATTERN)
          .comprehensionMaxIterations(MOST_ROUNDS)
          .enableHeterogeneousNumericComparisons(true)
          .build();

  private static final MapType FIELDS = MapType.create(SimpleType.STRING, SimpleType.DYN);
  private static final MapType TEXTS = MapType.create(SimpleType.STRING, SimpleType.STRING);

  private static final CelCompiler COMPILER =
      CelCompilerFactory.standardCelCompilerBuilder()
          .setOptions(OPTIONS)
          .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
          .addLibraries(CelExtensions.optional(), CelExtensions.strings())
          .addVar("object", FIELDS)
          .addVar("metadata", FIELDS)
          .addVar("annotations", TEXTS)
          .addVar("labels", TEXTS)
          .addVar("spec", FIELDS)
          .addVar("status", FIELDS)
          .addVar("conditions", FIELDS)
          .addVar("age", SimpleType.INT)
          .addFunctionDeclarations(
              ofConditions("is", SimpleType.BOOL, SimpleType.STRING, SimpleType.STRING),
              ofConditions("reason", SimpleType.STRING, SimpleType.STRING),
              ofConditions("message", SimpleType.STRING, SimpleType.STRING))
          .build();

  private static final CelRuntime RUNTIME =
      CelRuntimeFactory.legacyCelRuntimeBuilder()
          .setOptions(OPTIONS)
          .addLibraries(CelExtensions.optional(), CelExtensions.strings())
          .addFunctionBindings(
              CelFunctionBinding.from(
                  "conditions_is",
                  List.<Class<?>>of(Map.class, String.class, String.class),
                  it -> field(it[0], it[1], "status").equalsIgnoreCase((String) it[2])),
              CelFunctionBinding.from(
                  "conditions_reason",
                  List.<Class<?>>of(Map.class, String.class),
                  it -> field(it[0], it[1], "reason")),
              CelFunctionBinding.from(
                  "conditions_message",
                  List.<Class<?>>of(Map.class, String.class),
                  it -> field(it[0], it[1], "message")))
          .build();

  private final CelRuntime.Program program;

  private RuleProgram(CelRuntime.Program program) {
    this.program = program;
  }

  private static CelFunctionDecl ofConditions(String name, CelType result, CelType... arguments) {
    return CelFunctionDecl.newFunctionDeclaration(
        name,
        CelOverloadDecl.newMemberOverload(
            "conditions_" + name,
            result,
            Stream.concat(Stream.of(FIELDS), Stream.of(arguments)).toList()));
  }

  /// The field of the condition of that type; empty if there is no such condition.
  private static String field(Object conditions, Object type, String field) {
    return conditions instanceof Map<?, ?> all
            && all.get(type) instanceof Map<?, ?> condition
            && condition.get(field) instanceof String text
        ? text
        : "";
  }

  /// @param question whether it has to be true or false; otherwise it may be anything that can be
  ///   shown
  static Compiled compile(String expression, boolean question) {
    try {
      var result = COMPILER.compile(expression);
      if (result.hasError()) {
        return new Compiled.Wrong(
            result.getErrors().stream()
                .map(CelIssue::getMessage)
                .collect(Collectors.joining("; ")));
      }
      var ast = result.getAst();
      if (question
          && !ast.getResultType().equals(SimpleType.BOOL)
          && !ast.getResultType().equals(SimpleType.DYN)) {
        return new Compiled.Wrong("it is neither true nor false");
      }
      return new Compiled.Ready(new RuleProgram(RUNTIME.createProgram(ast)));
    } catch (CelValidationException | CelEvaluationException | RuntimeException e) {
      // The library also throws unchecked exceptions for some expressions that are too deep.
      return new Compiled.Wrong(String.valueOf(e.getMessage()));
    }
  }

  Answer ask(RuleInput input) {
    try {
      return switch (evaluate(input)) {
        case Boolean yes when yes -> new Answer.Yes();
        case Boolean _ -> new Answer.No();
        case Object other -> new Answer.Broken("it is neither true nor false, but " + shown(other));
      };
    } catch (CelEvaluationException | RuntimeException e) {
      return new Answer.Broken(String.valueOf(e.getMessage()));
    }
  }

  /// For a sentence. What cannot be said is left out: a sentence never breaks a verdict.
  String text(RuleInput input) {
    try {
      return shown(evaluate(input));
    } catch (CelEvaluationException | RuntimeException _) {
      return "…";
    }
  }

  private static String shown(Object value) {
    return String.valueOf(value);
  }

  private Object evaluate(RuleInput input) throws CelEvaluationException {
    var steps = new AtomicInteger();
    var end = System.nanoTime() + LONGEST.toNanos();
    return program.trace(
        input.variables(),
        (_, _) -> {
          if (steps.incrementAndGet() > MOST_STEPS) {
            throw new TooExpensive("it takes more than " + MOST_STEPS + " steps");
          }
          if (System.nanoTime() - end > 0) {
            throw new TooExpensive("it takes longer than " + LONGEST.toMillis() + " ms");
          }
        });
  }

  /// The listener of a trace can end it only so.
  private static final class TooExpensive extends RuntimeException {
    TooExpensive(String message) {
      super(message, null, false, false);
    }
  }
}
