@echo off
rem Copyright 2026 The Gnomon Authors
rem SPDX-License-Identifier: Apache-2.0
rem
rem Starts Gnomon with the Java runtime beside it. GNOMON_JAVA_OPTS: further arguments for the JVM.
setlocal DisableDelayedExpansion
for %%d in ("%~dp0..") do set "PROGRAMDIR=%%~fd"
set "OPTIONS="
rem "call" reads a line a second time, which puts the folder where the file has a placeholder.
for /f "usebackq delims=" %%o in ("%PROGRAMDIR%\conf\java.options") do call set OPTIONS=%%OPTIONS%% "%%o"
"%PROGRAMDIR%\runtime\bin\java.exe" %OPTIONS% %GNOMON_JAVA_OPTS% -cp "%PROGRAMDIR%\lib\gnomon.jar" dev.gnomon.app.Main %*
exit /b %ERRORLEVEL%
