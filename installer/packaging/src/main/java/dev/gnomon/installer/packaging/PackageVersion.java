/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.packaging;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The version of a package, as each kind of package writes it.
 *
 * @param text as given, for example {@code 0.1.0-SNAPSHOT}
 * @param number the part that is ordered, for example {@code 0.1.0}
 * @param suffix what follows the hyphen, or empty: such a version comes before the one without
 */
record PackageVersion(String text, String number, String suffix) {
    private static final Pattern FORM = Pattern.compile("((\\d{1,9})\\.(\\d{1,9})\\.(\\d{1,9}))(?:-([0-9A-Za-z.]+))?");
    /** Limits of the parts of ProductVersion, Microsoft reference, "ProductVersion property". */
    private static final int MSI_MAJOR_MAX = 255;

    private static final int MSI_MINOR_MAX = 255;
    private static final int MSI_BUILD_MAX = 65_535;

    /**
     * Reads one.
     *
     * @throws PackagingException unless it is three numbers within the bounds of Windows Installer, with or without a suffix
     */
    static PackageVersion of(String text) throws PackagingException {
        Matcher form = FORM.matcher(text);
        if (!form.matches()
                || Integer.parseInt(form.group(2)) > MSI_MAJOR_MAX
                || Integer.parseInt(form.group(3)) > MSI_MINOR_MAX
                || Integer.parseInt(form.group(4)) > MSI_BUILD_MAX) {
            throw new PackagingException("--version: '" + text + "'; allowed is MAJOR.MINOR.PATCH or"
                    + " MAJOR.MINOR.PATCH-SUFFIX, up to " + MSI_MAJOR_MAX + "." + MSI_MINOR_MAX + "." + MSI_BUILD_MAX
                    + ", as Windows Installer takes it");
        }
        return new PackageVersion(text, form.group(1), form.group(5) == null ? "" : form.group(5));
    }

    /** Returns it as Debian orders it: a tilde comes before the end of the version. */
    String debian() {
        return suffix.isEmpty() ? number : number + "~" + suffix;
    }
}
