package dev.fleetwright.server.wiring;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How the log looks: one line an event on standard error, with its keys; or one JSON object a
/// line.
///
/// In Java and not in XML, because reading XML is a tenth of a second of our start. What is logged
/// may hold line ends of others' making; they are shown as spaces, so that nobody can forge a line.
/// The system property `fleetwright.log.level` sets another level than `INFO`.
public final class LogOutput extends ContextAwareBase implements Configurator {

  private static final String PATTERN =
      "%d{yyyy-MM-dd'T'HH:mm:ss.SSSX,UTC} %-5level %logger{0}: %replace(%msg %kvp){'[\\r\\n\\x00-\\x1f]+',' '}%n%ex";

  /// From now on as JSON.
  static void json() {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      var encoder = new JsonEncoder();
      encoder.setWithFormattedMessage(true);
      encoder.setWithMessage(false);
      encoder.setWithSequenceNumber(false);
      encoder.setWithContext(false);
      write(context, encoder);
    }
  }

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    var encoder = new PatternLayoutEncoder();
    encoder.setPattern(PATTERN);
    write(context, encoder);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  private static void write(LoggerContext context, Encoder<ILoggingEvent> encoder) {
    encoder.setContext(context);
    encoder.start();
    var console = new ConsoleAppender<ILoggingEvent>();
    console.setContext(context);
    console.setTarget("System.err");
    console.setEncoder(encoder);
    console.start();
    var root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.detachAndStopAllAppenders();
    root.addAppender(console);
    root.setLevel(Level.WARN);
    context
        .getLogger("dev.fleetwright")
        .setLevel(Level.toLevel(System.getProperty("fleetwright.log.level"), Level.INFO));
  }
}
