/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss.channel;

import dev.gnomon.vss.Hresult;
import dev.gnomon.vss.Texts;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ObjectNode;

/** What goes wrong with a call on purpose, so that users can test their requesters (docs/vss-testing.md). */
public sealed interface FaultAction {
    /** Longest delay: every requester has given up by then. */
    Duration MAX_DELAY = Duration.ofHours(1);

    /** What people may write. */
    String ALLOWED = "delay=TIME, fail=HRESULT, hang, kill=engine, kill=shim, stall=TIME, mute, garble;"
            + " TIME is a number and ms, s or m, at most 1 h; HRESULT is a name such as VSS_E_PROVIDER_VETO or 8 digits after 0x";

    /** The shim waits, then returns what it would have returned. */
    record Delay(Duration time) implements FaultAction {}

    /** The shim returns an HRESULT; the service has carried out the call. */
    record Fail(int hresult) implements FaultAction {}

    /** The shim does not return. */
    record Hang() implements FaultAction {}

    /** The process of the shim ends. */
    record KillShim() implements FaultAction {}

    /** The service ends as by a kill, before it carries out the call. */
    record KillEngine() implements FaultAction {}

    /** The service carries out the call and answers that much later. */
    record Stall(Duration time) implements FaultAction {}

    /** The service carries out the call and never answers. */
    record Mute() implements FaultAction {}

    /** The service carries out the call and answers with something that is not a reply. */
    record Garble() implements FaultAction {}

    /**
     * Reads what a person wrote.
     *
     * @throws IllegalArgumentException if it is nothing of {@link #ALLOWED}; the message says so
     */
    static FaultAction parse(String text) {
        int split = text.indexOf('=');
        String word = split < 0 ? text : text.substring(0, split);
        String value = split < 0 ? "" : text.substring(split + 1);
        return switch (word + (split < 0 ? "" : "=")) {
            case "delay=" -> new Delay(time(value));
            case "fail=" -> new Fail(hresult(value));
            case "hang" -> new Hang();
            case "kill=" ->
                switch (value) {
                    case "engine" -> new KillEngine();
                    case "shim" -> new KillShim();
                    default -> throw refusal(text);
                };
            case "stall=" -> new Stall(time(value));
            case "mute" -> new Mute();
            case "garble" -> new Garble();
            default -> throw refusal(text);
        };
    }

    private static Duration time(String text) {
        Matcher matcher = Pattern.compile("([0-9]{1,9})(ms|s|m)").matcher(text);
        if (!matcher.matches()) {
            throw refusal(text);
        }
        long number = Long.parseLong(matcher.group(1));
        Duration time = switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            default -> Duration.ofMinutes(number);
        };
        if (time.compareTo(MAX_DELAY) > 0) {
            throw refusal(text);
        }
        return time;
    }

    private static int hresult(String text) {
        if (text.matches("0x[0-9A-Fa-f]{8}")) {
            return Integer.parseUnsignedInt(text.substring(2), 16);
        }
        return Hresults.of(text.toUpperCase(Locale.ROOT)).orElseThrow(() -> refusal(text));
    }

    private static IllegalArgumentException refusal(String text) {
        return new IllegalArgumentException("'" + Texts.oneLine(text, 60) + "'; allowed are " + ALLOWED);
    }

    /** Returns what the shim is told to do, or nothing if the service misbehaves by itself. */
    default Optional<ObjectNode> forShim() {
        return switch (this) {
            case Delay a -> Optional.of(action("delay").put("millis", a.time().toMillis()));
            case Fail a -> Optional.of(action("fail").put("hresult", Hresult.text(a.hresult())));
            case Hang _ -> Optional.of(action("hang"));
            case KillShim _ -> Optional.of(action("kill"));
            case KillEngine _, Stall _, Mute _, Garble _ -> Optional.empty();
        };
    }

    private static ObjectNode action(String word) {
        return ChannelJson.object().put("action", word);
    }
}
