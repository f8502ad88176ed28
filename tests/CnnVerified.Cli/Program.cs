using CnnVerified.Verification; using CnnVerified.Verification.Engines;
using var list = new EngineList();
var engines = new List<Engine>{ EngineList.Reference() }; foreach (var w in EngineList.Widths) engines.Add(list.Optimized(w));
int cases = int.Parse(args[0]); var eqs = args.Length>1 ? args[1..].Select(EquationTable.Find) : EquationTable.All;
var sw=System.Diagnostics.Stopwatch.StartNew(); long t0=0;
foreach (var js in Battery.Run(eqs, engines, new(cases, 42), default)) { long t=sw.ElapsedMilliseconds; var j=js[0];
 Console.WriteLine($"{j.Equation,-6} {j.Oracle,-8} {t-t0,6} ms checks {j.Checks} el {j.Elements} weak {j.Weak} beyond {j.Beyond} worst {string.Join(' ',js.Select(x=>x.Worst.ToString("G3")))}"); t0=t;
 foreach (var f in js.Where(x=>x.Failure!=null)) Console.WriteLine($"   FAIL {f.Engine} {f.Failure!.Case}: {f.Failure.What}"); }
Console.WriteLine(sw.Elapsed);
