package dev.fleetwright.kubernetes.health;

import com.google.re2j.Pattern;
import dev.fleetwright.kubernetes.health.Evidence.Says;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// What the words mean that controllers write into phases, states and reasons.
///
/// One word decides, wherever it stands: `InstallFailed`, `CONFIG_ERROR` and `Failed to pull` are
/// all failures. Bad words are looked for first, so `RollbackCompleted` is not taken for something
/// good; a word that stands in no list decides nothing.
final class Vocabulary {

  private static final Set<String> BAD =
      words(
          """
          aborted backoff blocked broken canceled cancelled cannot conflict corrupted crash crashed
          crashloop critical dead degraded deleted denied disabled down error errored errors evicted
          exceeded expired fail failed failing failover fails failure failures forbidden interrupted
          invalid killed lost misconfigured mismatch missing noncompliant offline outage red refused
          rejected rollback stalled terminal timeout unable unauthorized unhealthy unreachable
          unrecoverable unresolved unsupported violations warning
          """);

  /// Those that leave no doubt, also in the middle of a message.
  private static final Set<String> SURELY_BAD =
      words(
          """
          aborted crash crashed error errored errors fail failed failing fails failure rejected
          unrecoverable
          """);

  private static final Set<String> HELD =
      words(
          "dormant halted hibernated hibernating pause paused pausing stopped suspend suspended suspending");

  private static final Set<String> AT_WORK =
      words(
          """
          adding applying assembling attaching binding bootstrapping building cancelling cloning
          configuring connecting creating deleting deploying downloading draining finalising
          finalizing importing inactive initialising initializing inprogress installing issuing
          joining launched launching migrating ongoing partially pending planned preparing processing
          progress progressing promoting provisioning pulling queued rebalancing reconciling
          recovering registering removing requested resizing resolving restarting restoring retrying
          rolling rollout rotating scaling scheduled scheduling setting setup started starting
          stopping submitted syncing terminating triggered unpacking updating upgrading uploading validating
          wait waiting yellow
          """);

  private static final Set<String> GOOD =
      words(
          """
          accepted active admitted alive applied approved attached available bootstrapped bound
          complete completed compliant configured connected created deployed done enabled established
          executed exists finalized finished found green healthy initialized installed issued joined
          loaded merged normal ok online operational passed passing promoted provisioned ready
          reconciled released resolved running serving stable steady succeeded success successful
          synced synchronized up uptodate valid verified
          """);

  /// `HTTPRouteFailed` is three words and `CONFIG_ERROR` two.
  private static final Pattern WORD = Pattern.compile("[A-Z]+[a-z]*|[a-z]+|[0-9]+");

  /// What a controller writes is short. Of more than that the rest is not looked at.
  private static final int LONGEST = 2_000;

  private Vocabulary() {}

  /// What a phase, a state or a reason says.
  static Optional<Says> says(String text) {
    var words = split(text);
    var together = String.join("", words);
    if (Set.of("unknown", "inconclusive", "undetermined").contains(together)) {
      return Optional.of(Says.UNKNOWN);
    }
    if (Set.of("notfound", "absent").contains(together)) {
      return Optional.of(Says.NOT_FOUND);
    }
    if (has(words, BAD)) {
      return Optional.of(Says.FAILED);
    }
    if (has(words, HELD)) {
      return Optional.of(Says.SUSPENDED);
    }
    if (!words.isEmpty() && words.getFirst().equals("non")) {
      return Optional.of(Says.FAILED);
    }
    if (words.contains("not") || words.contains("no")) {
      // "Not ready" alone does not say whether somebody is at it.
      return has(words, Set.of("yet", "reconciled", "initialized", "started"))
          ? Optional.of(Says.IN_PROGRESS)
          : Optional.empty();
    }
    if (has(words, AT_WORK)) {
      return Optional.of(Says.IN_PROGRESS);
    }
    return has(words, GOOD) ? Optional.of(Says.CURRENT) : Optional.empty();
  }

  static boolean surelyBad(String text) {
    return has(split(text), SURELY_BAD);
  }

  /// The words of a text, in small letters. A capital starts a new word, several capitals are one:
  /// `ACKReady` is `ack`, `ready`.
  static List<String> split(String text) {
    var found = new ArrayList<String>();
    var matcher = WORD.matcher(text.length() > LONGEST ? text.substring(0, LONGEST) : text);
    while (matcher.find()) {
      var word = matcher.group();
      var capitals = (int) word.chars().takeWhile(c -> c >= 'A' && c <= 'Z').count();
      if (capitals > 1 && capitals < word.length()) {
        found.add(word.substring(0, capitals - 1).toLowerCase(Locale.ROOT));
        found.add(word.substring(capitals - 1).toLowerCase(Locale.ROOT));
      } else {
        found.add(word.toLowerCase(Locale.ROOT));
      }
    }
    return found;
  }

  private static boolean has(List<String> words, Set<String> set) {
    return !Collections.disjoint(words, set);
  }

  private static Set<String> words(String list) {
    return List.of(list.strip().split("\\s+", -1)).stream().collect(Collectors.toUnmodifiableSet());
  }
}
