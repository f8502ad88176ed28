namespace CnnVerified;

/// <summary>Ten pictures of digits, 7×12, as codes of +1 and −1: the fixed centres of the RBF output of the LeNet-5 of 1998.</summary>
/// <remarks>Drawn for this project. The published ones are pictures of a character set and are not copied; any ten codes that differ in many places
/// serve the method. These differ in at least 11 of their 84 places.</remarks>
public static class DigitCodes
{
    /// <summary>Number of codes.</summary>
    public const int Classes = 10;

    /// <summary>Length of a code.</summary>
    public const int Length = 7 * 12;

    private const string Pictures =
        """
        .#####.  ...#...  .####..  ######.  ....##.
        ##...##  ..##...  ##..##.  .....##  ...###.
        #.....#  .###...  #....##  ......#  ..##.#.
        #.....#  ...#...  ......#  ......#  .##..#.
        #.....#  ...#...  ......#  .....##  ##...#.
        #.....#  ...#...  .....##  ..####.  #....#.
        #.....#  ...#...  ....##.  .....##  #....#.
        #.....#  ...#...  ...##..  ......#  #######
        #.....#  ...#...  ..##...  ......#  .....#.
        #.....#  ...#...  .##....  ......#  .....#.
        ##...##  ...#...  ##.....  #....##  .....#.
        .#####.  .#####.  #######  .#####.  .....#.

        #######  ..####.  #######  .#####.  .#####.
        #......  .##....  ......#  ##...##  ##...##
        #......  ##.....  .....##  #.....#  #.....#
        #......  #......  .....#.  #.....#  #.....#
        ######.  #.####.  ....##.  ##...##  #.....#
        .....##  ##...##  ....#..  .#####.  ##...##
        ......#  #.....#  ...##..  ##...##  .####.#
        ......#  #.....#  ...#...  #.....#  ......#
        ......#  #.....#  ..##...  #.....#  ......#
        ......#  #.....#  ..#....  #.....#  .....##
        ##...##  ##...##  .##....  ##...##  ....##.
        .#####.  .#####.  .#.....  .#####.  .####..
        """;

    /// <summary>All codes, Classes×Length in row-major order: each picture row by row, +1 where it is black.</summary>
    public static IReadOnlyList<sbyte> All { get; } = Read();

    private static sbyte[] Read()
    {
        // Two rows of five pictures beside one another, two spaces apart.
        string[] lines = Pictures.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var codes = new sbyte[Classes * Length];
        for (int digit = 0; digit < Classes; digit++)
            for (int i = 0; i < 12; i++)
                for (int j = 0; j < 7; j++)
                    codes[digit * Length + i * 7 + j] = (sbyte)(lines[digit / 5 * 12 + i][digit % 5 * 9 + j] == '#' ? 1 : -1);
        return codes;
    }
}
